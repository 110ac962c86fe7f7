import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';

/**
 * Whether a reply proves that the first party answered, by the document and not by the decoder: a well-formed
 * `<response>` with a `<result>` that has a `<call_info>`, and no `<error>`.
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 */
export function proves({ status, body }: HttpResponse): boolean {
	const paths = status >= 200 && status < 300 ? pathsOf(body) : undefined;
	return (
		paths?.includes('/response/result/call_info') === true &&
		!paths.includes('/response/errors/error')
	);
}

export const listReplies = [
	'<response method="switchvox.extensions.search"><result><extensions page_number="1" items_per_page="50" total_pages="2" total_items="51"><extension account_id="1106" number="101" display="Ann"/><extension account_id="1107" number="102" display="Bob &amp; Co"/></extensions></result></response>',
	'<response method="switchvox.users.getMyInfo"><result><extension account_id="1106" number="101" display="Ann"/></result></response>',
	'<response method="switchvox.extensions.search"><errors><error code="27168" message="No."/></errors></response>',
];

const name = '[\\p{L}_:\\uFFFD][\\p{L}\\p{N}\\uFFFD_.:-]*';
const value = `"[^<"]*"|'[^<']*'`;
const token = new RegExp(
	`<\\?[^]*?\\?>|<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>|<(/?)(${name})((?:\\s+${name}\\s*=\\s*(?:${value}))*)\\s*(/?)>|([^<]+)`,
	'uy',
);

/** The paths of all elements of a document; undefined if it is not well-formed. */
function pathsOf(xml: string): readonly string[] | undefined {
	const paths: string[] = [];
	const open: string[] = [];
	let roots = 0;
	token.lastIndex = 0;
	for (let at = 0; at < xml.length; at = token.lastIndex) {
		const [, closes, tag, , isEmpty, text] = token.exec(xml) ?? [];
		if (token.lastIndex === 0) return undefined;
		if (text !== undefined && open.length === 0 && !/^[\s\uFEFF]*$/.test(text)) return undefined;
		if (tag === undefined) continue;
		if (closes === '/') {
			if (open.pop() !== tag) return undefined;
			continue;
		}
		if (open.length === 0) roots += 1;
		paths.push(['', ...open, tag].join('/'));
		if (isEmpty !== '/') open.push(tag);
	}
	return open.length === 0 && roots === 1 ? paths : undefined;
}
