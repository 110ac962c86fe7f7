import type { HttpRequest } from '../shared/wire/reply/http';
import type { Invalid } from '../shared/wire/text/invalid';
import { buildXml, element, type XmlElement } from '../shared/wire/text/xml';

/**
 * A method of the Extend API, with its parameters as elements.
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 */
export function encodeRequest(
	method: string,
	parameters: readonly XmlElement[],
): HttpRequest | Invalid {
	const xml = buildXml(element('request', [element('parameters', parameters)], { method }));
	if (typeof xml !== 'string') return xml;
	return {
		method: 'POST',
		path: '/xml',
		// Older clients send text/xml. Recent versions of Switchvox answer that as a failed sign-in.
		headers: { 'Content-Type': 'application/xml', Accept: 'application/xml' },
		body: xml,
	};
}
