import * as errors from './errors.mts';
import type { VoipNowError } from './errors.mts';

// https://wiki.4psa.com/display/VNUAPI30/Getting+Started: the standard request parameters of a list.

const largestPage = 5000;
const operators = [
	'equals',
	'contains',
	'startsWith',
	'greaterThan',
	'lessThan',
	'inArray',
	'present',
] as const;
const standard = [
	'count',
	'startIndex',
	'fields',
	'filterBy',
	'filterOp',
	'filterValue',
	'sortOrder',
];

export type Resource = Readonly<Record<string, unknown>> & { readonly id: string };

export interface ListRules {
	/** What a resource may have. */
	readonly fields: readonly string[];
	/** What it may be filtered by: the values of a resource, as text. */
	readonly filters: Readonly<Record<string, (resource: Resource) => readonly string[]>>;
	/** Whether the value can be compared with that field. */
	readonly isValue: (field: string, value: string) => boolean;
	/** The refusal of a value that cannot. */
	readonly badValue: (field: string) => VoipNowError;
	/** Further parameters, which the list checks itself. */
	readonly others?: readonly string[];
}

export interface Page {
	/** Each with its ID, which `fields` may have left out. */
	readonly entries: readonly (readonly [string, unknown])[];
	readonly frame: Readonly<Record<string, unknown>>;
}

/** Filters, sorts, cuts into pages and into fields; or what is wrong with the request. */
export function pageOf(
	query: URLSearchParams,
	rules: ListRules,
	all: readonly Resource[],
): Page | VoipNowError {
	const odd = [...query.keys()].find(
		(name) => ![...standard, ...(rules.others ?? [])].includes(name),
	);
	if (odd !== undefined) return errors.undocumented(odd);
	const wrong = checkStandard(query, rules);
	if (wrong !== undefined) return wrong;
	const fields = query.get('fields')?.split(',');
	const order = query.get('sortOrder');
	const filtered = all.filter((one) => passes(one, query, rules));
	const sorted = order?.startsWith('desc') === true ? filtered.reverse() : filtered;
	const first = Number(query.get('startIndex') ?? '0');
	const count = Number(query.get('count') ?? '20');
	return {
		entries: sorted
			.slice(first, first + count)
			.map((one) => [one.id, fields === undefined ? one : only(one, fields)]),
		frame: {
			startIndex: first,
			totalResults: filtered.length,
			itemsPerPage: count,
			filtered: query.has('filterBy'),
			sorted: order !== null,
		},
	};
}

function checkStandard(query: URLSearchParams, rules: ListRules): VoipNowError | undefined {
	const isCount = (name: string) => {
		const value = query.get(name);
		return value === null || (/^\d+$/.test(value) && Number(value) <= largestPage);
	};
	if (!isCount('count') || !isCount('startIndex')) return errors.countInvalid;
	const fields = query.get('fields')?.split(',') ?? [];
	if (fields.some((field) => !rules.fields.includes(field))) return errors.fieldsInvalid;
	const order = query.get('sortOrder');
	// One page of the documents has the short words, the vendor's own client the long ones.
	if (order !== null && !/^(?:asc|desc)(?:ending)?$/.test(order)) return errors.sortOrderInvalid;
	return checkFilter(query, rules);
}

function checkFilter(query: URLSearchParams, rules: ListRules): VoipNowError | undefined {
	const by = query.get('filterBy');
	const operator = query.get('filterOp');
	const value = query.get('filterValue');
	if (by === null) {
		return operator === null && value === null ? undefined : errors.filterByInvalid;
	}
	if (!Object.hasOwn(rules.filters, by)) return errors.filterByInvalid;
	const known: readonly string[] = operators;
	if (operator !== null && !known.includes(operator)) return errors.filterOpInvalid;
	if (operator === 'present') return undefined;
	if (value === null || value === '') return errors.filterValueInvalid;
	const whole = operator === null || !['contains', 'startsWith'].includes(operator);
	const values = operator === 'inArray' ? value.split(',') : [value];
	return whole && !values.every((one) => rules.isValue(by, one)) ? rules.badValue(by) : undefined;
}

function passes(resource: Resource, query: URLSearchParams, rules: ListRules): boolean {
	const by = query.get('filterBy') ?? '';
	const found = Object.hasOwn(rules.filters, by) ? rules.filters[by]?.(resource) : undefined;
	if (found === undefined) return true;
	const wanted = query.get('filterValue') ?? '';
	// Dates compare as moments: whatever their zone is.
	const moment = (text: string) => readDate(text)?.getTime();
	const compare = (text: string) => {
		const [one, other] = [moment(text), moment(wanted)];
		if (one !== undefined && other !== undefined) return one - other;
		return text < wanted ? -1 : Number(text > wanted);
	};
	switch (query.get('filterOp')) {
		case 'contains':
			return found.some((text) => text.includes(wanted));
		case 'startsWith':
			return found.some((text) => text.startsWith(wanted));
		case 'greaterThan':
			return found.some((text) => compare(text) > 0);
		case 'lessThan':
			return found.some((text) => compare(text) < 0);
		case 'inArray':
			return found.some((text) => wanted.split(',').includes(text));
		case 'present':
			return found.length > 0;
		default:
			return found.some((text) => compare(text) === 0);
	}
}

function only(resource: Resource, fields: readonly string[]): unknown {
	return Object.fromEntries(Object.entries(resource).filter(([name]) => fields.includes(name)));
}

/** ISO 8601 in seconds; without a zone it is UTC here. */
export function readDate(text: string): Date | undefined {
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/.test(text)) return undefined;
	const date = new Date(text.length === 19 ? `${text}Z` : text);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

export function writeDate(milliseconds: number): string {
	return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
