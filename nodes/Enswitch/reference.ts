import type { INodeProperties } from 'n8n-workflow';

import type { Reference } from '../shared/calling/contract/vendor';
import { callIdField, fromResult, numberFields, readSince } from '../shared/form/followFields';
import type { FieldReader } from '../shared/form/reader';
import { toText } from '../shared/wire/text/values';

/** How a form names a call of Enswitch: with an ID, or with both numbers and the time. */
export interface EnswitchReference extends Reference {
	/** Undefined for the customer of the user in the credential. */
	readonly customer?: number | undefined;
	/** The delay that the call was placed with. */
	readonly delaySeconds: number;
}

/** What names a call that Enswitch gave no ID for. */
export interface Named extends EnswitchReference {
	readonly from: string;
	readonly to: string;
	readonly since: Date;
}

/** The fields that name a call, for Get and Hang Up. */
export const referenceFields: readonly INodeProperties[] = [
	{
		...callIdField,
		hint: 'Enswitch returns it for a call that is placed with the option Wait. Without it, the call is found by its numbers and time.',
	},
	...numberFields,
	{
		displayName: 'Customer ID',
		name: 'customer',
		type: 'string',
		default: fromResult('details.customer'),
		placeholder: 'e.g. 42',
		description:
			'Customer that the call was made as. If empty, it is the customer of the user in the credential.',
	},
	// Read from the result of the node that placed the call: it shows when a call without an ID can have begun.
	{ displayName: 'Delay', name: 'delay', type: 'hidden', default: fromResult('details.delay') },
];

export function readReference(form: FieldReader): EnswitchReference {
	const reference = {
		callId: readText(form, 'callId'),
		from: readText(form, 'from'),
		to: readText(form, 'to'),
		since: readSince(form),
		customer: form.wholeNumber('customer', { min: 1, max: 999_999_999 }),
		delaySeconds: form.wholeNumber('delay', { min: 0, max: 86_400 }) ?? 0,
	};
	const isEntered = (name: string) => toText(form.value(name)).trim() !== '';
	if (!isEntered('callId') && !['from', 'to', 'since'].every(isEntered)) {
		form.refuse('callId', 'is empty. Enter it, or all of From, To and Since.');
	}
	return reference;
}

export function isNamed(reference: EnswitchReference): reference is Named {
	const { from, to, since } = reference;
	return from !== undefined && to !== undefined && since !== undefined;
}

/** A text without control characters. */
export function readText(form: FieldReader, name: string): string | undefined {
	const value = form.text(name);
	if (value !== undefined && /\p{Cc}/u.test(value)) {
		form.refuse(name, 'contains a line break or another control character. Remove it.');
	}
	return value;
}
