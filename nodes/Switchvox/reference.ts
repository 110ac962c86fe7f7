import type { INodeProperties } from 'n8n-workflow';

import { fromResult, numberFields, readSince } from '../shared/form/followFields';
import { endAlike } from '../shared/form/number';
import type { FieldReader } from '../shared/form/reader';
import type { Span } from '../shared/wire/text/localTime';
import { ringSecondsOf } from './originate/ringTime';

/** What names a call: Switchvox gives no ID. */
export interface SwitchvoxReference {
	readonly from: string;
	readonly to: string;
	/** When Switchvox can date the call. */
	readonly began: Span;
	/** What the reply to placing the call has proved; null if nothing. */
	readonly firstAnswered: boolean | null;
}

/** Read from the result of the node that placed the call, and not shown. */
const knownFields: INodeProperties[] = [
	{ displayName: 'Status', name: 'status', type: 'hidden', default: fromResult('status') },
	{
		displayName: 'Timeout',
		name: 'timeout',
		type: 'hidden',
		default: fromResult('details.timeout'),
	},
];

export const referenceFields: INodeProperties[] = [
	...numberFields.map((field) => ({ ...field, required: true })),
	...knownFields,
];

/** The clocks of n8n and Switchvox may differ by this much. */
const toleranceSeconds = 60;

export function readReference(form: FieldReader): SwitchvoxReference {
	const from = readParty(form, 'from');
	const to = readParty(form, 'to');
	form.requiredText('since');
	const since = (readSince(form) ?? new Date(0)).getTime();
	const timeout = form.value('timeout');
	const ringSeconds = ringSecondsOf(typeof timeout === 'number' ? timeout : undefined);
	return {
		from,
		to,
		began: {
			earliest: since - toleranceSeconds * 1000,
			latest: since + (ringSeconds + toleranceSeconds) * 1000,
		},
		firstAnswered: answeredByStatus.get(form.value('status')) ?? null,
	};
}

/** Switchvox confirms a call when its first party has answered, and fails it with 41591 when nobody has. */
const answeredByStatus: ReadonlyMap<unknown, boolean> = new Map([
	['answered', true],
	['not_connected', false],
]);

function readParty(form: FieldReader, name: 'from' | 'to'): string {
	const party = form.requiredText(name);
	if (party !== '' && digitsOf(party) === '') {
		form.refuse(name, `is "${party}". Enter an extension or phone number.`);
	}
	return party;
}

function digitsOf(number = ''): string {
	return number.replace(/\D/g, '');
}

/** Whether the two numbers can be the same phone. One of them may have a prefix that the rules of Switchvox add. */
function isSameNumber(one: string | undefined, other: string | undefined): boolean {
	const [digits, others] = [digitsOf(one), digitsOf(other)];
	return digits !== '' && (digits === others || endAlike(digits, others));
}

/**
 * Whether a call between these two numbers can be the one. Which of them Switchvox shows as the caller of a call that the
 * API has placed is not documented.
 */
export function isBetween(
	{ from, to }: SwitchvoxReference,
	one: string | undefined,
	other: string | undefined,
): boolean {
	return (
		(isSameNumber(from, one) && isSameNumber(to, other)) ||
		(isSameNumber(from, other) && isSameNumber(to, one))
	);
}
