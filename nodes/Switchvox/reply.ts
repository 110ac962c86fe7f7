import type { VendorError } from '../shared/calling/contract/outcome';
import type { Explanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { explainStatus } from '../shared/wire/reply/status';
import { brief, listSayings } from '../shared/wire/text/sentences';
import { isUnreadable, type Unreadable } from '../shared/wire/text/unreadable';
import { child, childrenNamed, parseXml, type XmlElement } from '../shared/wire/text/xml';

/** The parts that the replies of all methods share. */
export interface Reply {
	readonly root: XmlElement;
	readonly errors: readonly VendorError[];
	readonly result: XmlElement | undefined;
}

/** Access rules and sign-in: here Switchvox uses the HTTP status. */
export const statusAdvice = {
	401: 'Check user name and password in the credential, and that Authentication fits: Basic for Switchvox 6.6 and later, Digest for earlier versions, or Automatic.',
	403: 'Check user name and password in the credential. If they are right, allow the address that requests come from in the access control of Switchvox, for the Admin API or the User API, and check whether Switchvox has blocked it automatically.',
};

/** `Explanation`: the HTTP status already decides. `Unreadable`: the body is not a reply of the Extend API. */
export function readReply(
	response: HttpResponse,
	maxCharacters?: number,
): Reply | Unreadable | Explanation {
	return (
		explainStatus(response, 'Switchvox', statusAdvice) ?? readBody(response.body, maxCharacters)
	);
}

/** https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API */
export function readBody(body: string, maxCharacters?: number): Reply | Unreadable {
	const root = parseXml(body, maxCharacters);
	if (isUnreadable(root)) return root;
	if (root.name !== 'response') {
		return { kind: 'unreadable', why: `it is <${root.name}>, not <response>` };
	}
	return {
		root,
		errors: childrenNamed(child(root, 'errors'), 'error').map(toVendorError),
		result: child(root, 'result'),
	};
}

function toVendorError({ attributes, text }: XmlElement): VendorError {
	const { code = null, message = text } = attributes;
	// As documented: "... for parameter dial_second. ..." and "Missing required parameter (dial_as_account_id)".
	const parameter = /\bparameter \(?(\w+)/.exec(message)?.[1];
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

/** Switchvox's own messages, as one sentence. */
export function describeErrors(errors: readonly VendorError[]): string {
	const said = errors.map(({ code, message }) => `${brief(message)} (${code ?? 'no code'})`);
	return `${listSayings(said)}.`;
}
