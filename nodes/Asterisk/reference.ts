import { type FieldReader } from '../shared/form/reader';

/** A call that Asterisk knows by the ID of its channel. */
export interface AsteriskReference {
	readonly callId: string;
}

/** Asterisk allows 149, and appends to the ID of a Local channel. */
const longestCallId = 128;

/** Undefined if the field is empty. */
export function readCallId(form: FieldReader): string | undefined {
	const callId = form.text('callId');
	if (callId === undefined) return undefined;
	if (!/^[\w.:-]+$/.test(callId) || callId.length > longestCallId) {
		form.refuse(
			'callId',
			`is "${callId}". Use up to ${longestCallId} letters, digits and . _ : - only.`,
		);
	}
	return callId;
}

export function readReference(form: FieldReader): AsteriskReference {
	form.requiredText('callId');
	return { callId: readCallId(form) ?? '' };
}
