import type { INodeProperties } from 'n8n-workflow';

import { fromResult, numberFields, readSince } from '../shared/form/followFields';
import type { FieldReader } from '../shared/form/reader';
import type { Span } from '../shared/wire/text/localTime';

/** What names a call: IOVOX gives no ID before the call record. */
export interface IovoxReference {
	readonly linkId: string;
	/** Undefined if the Calling Rules of the link chose the number. */
	readonly to: string | undefined;
	/** When the record of the call can begin. */
	readonly began: Span;
}

/** In the result of the node that placed the call, `from` is the link. */
const linkField: INodeProperties = {
	displayName: 'Link ID',
	name: 'linkId',
	type: 'string',
	required: true,
	default: fromResult('from'),
	placeholder: 'e.g. link123',
	description: 'ID of the link that the call was placed with',
};

const delayField: INodeProperties = {
	displayName: 'Delay (Minutes)',
	name: 'delayMinutes',
	type: 'string',
	default: fromResult('details.delayMinutes'),
	placeholder: 'e.g. 30',
	description: 'The delay that the call was placed with; empty if it had none',
};

export const referenceFields: INodeProperties[] = [
	linkField,
	...numberFields.filter(({ name }) => name === 'to'),
	...numberFields
		.filter(({ name }) => name === 'since')
		.map((field) => ({ ...field, required: true })),
	delayField,
];

const minutes = { min: 0, max: 525_600 };

/** The clocks of n8n and IOVOX may differ by this much, and IOVOX may take this long to begin. */
const tolerance = { beforeSeconds: 60, afterSeconds: 180 };

export function readReference(form: FieldReader): IovoxReference {
	const linkId = form.requiredText('linkId');
	const to = form.text('to');
	if (to !== undefined && destinationOf(to) === '') {
		form.refuse(
			'to',
			`is "${to}". Enter the phone number, or leave it empty if the link chose it.`,
		);
	}
	form.requiredText('since');
	const since = (readSince(form) ?? new Date(0)).getTime();
	const start = since + (form.wholeNumber('delayMinutes', minutes) ?? 0) * 60_000;
	return {
		linkId,
		to,
		began: {
			earliest: start - tolerance.beforeSeconds * 1000,
			latest: start + tolerance.afterSeconds * 1000,
		},
	};
}

/** The digits of a number, without the keys that are pressed after it. */
export function destinationOf(number: string): string {
	return number.replace(/,.*$/s, '').replace(/\D/g, '');
}
