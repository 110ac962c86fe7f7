import { element, escapeXml } from '../xml.mts';
import * as errors from './errors.mts';
import type { IovoxError } from './errors.mts';

/** A link of the simulated account; its Calling Rules say which variables a call needs. */
export interface Link {
	readonly linkId: string;
	readonly name: string;
	/** Empty: no Calling Rules are attached. */
	readonly ruleName: string;
	readonly needs: readonly string[];
	/** The phone that the rules ring when the call has no destination. */
	readonly destination?: string;
}

const callBased = { ruleName: 'Click to call', needs: ['call_destination'] };

const named: readonly Link[] = [
	// The Link ID of the documented payloads, whose rules use the variables of the first of them.
	{ linkId: 'link123', name: 'Documentation', ...callBased },
	{
		linkId: 'link-survey',
		name: 'Survey & <Feedback>',
		ruleName: 'Survey',
		needs: ['call_destination', 'my_custom_var', 'the_custom_var'],
	},
	{
		linkId: 'link-alarm',
		name: 'Alarm',
		ruleName: 'Ring the desk',
		needs: [],
		destination: '441632960099',
	},
	{ linkId: 'link-bare', name: 'Müller’s line', ruleName: '', needs: [] },
];

/** Enough for three pages of a hundred. */
export const links: readonly Link[] = [
	...named,
	...Array.from({ length: 226 }, (_, index) => ({
		linkId: `agent-${String(index + 1).padStart(3, '0')}`,
		name: `Agent ${String(index + 1)}`,
		...callBased,
	})),
];

export type Row = readonly (readonly [string, string])[];

export type Query = Readonly<Partial<Record<string, string>>>;

/** Abbreviations of req_fields and the elements they stand for, as public clients read them. */
const fields: Readonly<Record<string, (link: Link) => readonly [string, string]>> = {
	nid: ({ linkId }) => ['node_id', `node-of-${linkId}`],
	nn: () => ['node_name', 'Node'],
	nt: () => ['node_type', 'default'],
	lid: ({ linkId }) => ['link_id', linkId],
	ln: ({ name }) => ['link_name', name],
	lt: () => ['link_type', 'default'],
	vn: () => ['voxnumber', ''],
	rn: ({ ruleName }) => ['rule_name', ruleName],
};

export interface Page {
	readonly contentType: string;
	readonly body: string;
}

/** https://www.iovox.com/api/rest/getLinks.html */
export function getLinks(query: Query): Page | readonly IovoxError[] {
	const { link_id: linkId } = query;
	const wanted = (query.req_fields ?? Object.keys(fields).join(',')).split(',');
	const unknown = wanted.filter((name) => !(name in fields));
	const wrong = [
		...checkPaging(query),
		...(unknown.length === 0 ? [] : [errors.fieldsInvalid(unknown)]),
	];
	if (wrong.length > 0) return wrong;
	const found = links.filter((link) => linkId === undefined || link.linkId === linkId);
	if (found.length === 0) return [errors.unknownLink];
	return pageOf(query, found, (link) =>
		wanted.flatMap((name) => {
			const value = fields[name]?.(link);
			return value ? [value] : [];
		}),
	);
}

/** What every method that lists something checks. */
export function checkPaging(query: Query): IovoxError[] {
	const { page = '1', limit = '20000', output = 'XML' } = query;
	return [
		...(/^[1-9]\d*$/.test(page) ? [] : [errors.pageNotInteger]),
		...(/^\d+$/.test(limit) ? [] : [errors.limitNotInteger]),
		...(Number(limit) >= 1 && Number(limit) <= 20_000 ? [] : [errors.limitOutOfRange]),
		...(output === 'XML' || output === 'JSON' ? [] : [errors.outputInvalid]),
	];
}

/** The page that is asked for. */
export function pageOf<Found>(
	query: Query,
	found: readonly Found[],
	toRow: (one: Found) => Row,
): Page {
	const { page = '1', limit = '20000', output = 'XML' } = query;
	const rows = found
		.slice((Number(page) - 1) * Number(limit), Number(page) * Number(limit))
		.map(toRow);
	const paging = {
		current_page: page,
		total_pages: String(Math.ceil(found.length / Number(limit))),
		total_results: String(found.length),
	};
	return output === 'JSON' ? json(paging, rows) : xml(paging, rows);
}

/** All values are strings; one result is an object, and no result is null, as public clients meet it. */
function json(paging: Readonly<Record<string, string>>, rows: readonly Row[]): Page {
	const results = rows.map((row) => Object.fromEntries(row) as Record<string, string>);
	const result = results.length === 1 ? results[0] : results;
	const response = { ...paging, results: results.length === 0 ? null : { result } };
	return { contentType: 'application/json', body: JSON.stringify({ response }) };
}

function xml(paging: Readonly<Record<string, string>>, rows: readonly Row[]): Page {
	const render = ([name, value]: readonly [string, string]) => element(name, {}, escapeXml(value));
	const results = rows.map((row) => element('result', {}, ...row.map(render)));
	const body = element(
		'response',
		{},
		...Object.entries(paging).map(render),
		element('results', {}, ...results),
	);
	return { contentType: 'application/xml', body };
}
