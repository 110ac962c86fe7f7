import type { HttpRequest } from '../../shared/wire/reply/http';
import type { Invalid } from '../../shared/wire/text/invalid';
import { buildXml, element, type XmlElement } from '../../shared/wire/text/xml';
import type { IovoxCall } from './read';

/** https://www.iovox.com/api/rest/initiateCall.html */
export function encode(call: IovoxCall): HttpRequest | Invalid {
	const variables = [
		...optional('call_destination', call.callDestination),
		...call.variables.map(({ name, value }) => element(name, value)),
		...optional('delay', call.delayMinutes),
	];
	const xml = buildXml(
		element('request', [
			element('link_id', call.linkId),
			...(variables.length === 0 ? [] : [element('call_variables', variables)]),
		]),
	);
	if (typeof xml !== 'string') return xml;
	return {
		method: 'POST',
		path: '/Calling?v=3&method=initiateCall',
		headers: { 'Content-Type': 'application/xml', Accept: 'application/xml' },
		body: xml,
	};
}

function optional(name: string, value: string | number | undefined): XmlElement[] {
	return value === undefined ? [] : [element(name, String(value))];
}
