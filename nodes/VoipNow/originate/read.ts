import { randomUUID } from 'crypto';

import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import type { Invalid } from '../../shared/wire/text/invalid';
import { checkUserId, extensionPattern, readExtension } from '../reference';
import { fields } from './fields';

/** A call for VoipNow. An undefined value is not sent, so that VoipNow uses its default. */
export interface VoipNowCall {
	/** `@me`, `@viewer`, `@owner` or digits. */
	readonly userId: string;
	/** Short (210) or extended (0003*210). */
	readonly extension?: string | undefined;
	/** At least one each. */
	readonly source: readonly string[];
	readonly destination: readonly string[];
	/** As in `John Doe <4242425>`. */
	readonly callerId?: string | undefined;
	readonly callerIdDestination?: string | undefined;
	readonly nonce: string;
	readonly waitForPickupSeconds?: number | undefined;
	readonly callDurationSeconds?: number | undefined;
	readonly allowPublicTransfer?: boolean | undefined;
	readonly video?: boolean | undefined;
}

const pickupSeconds = { min: 1, max: 3600 };
const durationSeconds = { min: 1, max: 86_400 };

/**
 * Reads one item's form: cleans the numbers, and checks everything that VoipNow documents. Without a nonce on the form,
 * the call gets `freshNonce`.
 */
export function read(
	values: FormValues,
	labels?: Labels,
	freshNonce?: string,
): VoipNowCall | Invalid {
	const readCall = (form: FieldReader): VoipNowCall => {
		const options = form.collection('options');
		return {
			userId: checkUserId(form, form.requiredText('userId')),
			extension: readExtension(form),
			source: readNumbers(form, 'source'),
			destination: readNumbers(form, 'destination'),
			callerId: readCallerId(options, 'callerId'),
			callerIdDestination: readCallerId(options, 'callerIdDestination'),
			nonce: options.text('nonce') ?? freshNonce ?? randomUUID(),
			waitForPickupSeconds: options.wholeNumber('waitForPickup', pickupSeconds),
			callDurationSeconds: options.wholeNumber('callDuration', durationSeconds),
			allowPublicTransfer: options.flag('allowPublicTransfer'),
			video: options.flag('video'),
		};
	};
	return readForm(fields, values, readCall, labels);
}

/** Unlike the other vendors, VoipNow documents a `+` in phone numbers, so it stays. */
const plus = { keepsPlus: true };

function readNumbers(form: FieldReader, name: string): string[] {
	const entries = form.list(name);
	if (entries === undefined) return [];
	if (entries.length === 0) form.refuse(name, 'is empty. Enter an extension or a phone number.');
	const numbers = entries.map((entered) => {
		const number = form.dialed(name, entered, plus);
		if (/[*#]/.test(number) && !extensionPattern.test(number)) {
			form.refuse(
				name,
				`is "${entered}", which cannot be dialed. Enter an extension like 210 or 0003*210, or a phone number.`,
			);
		}
		return number;
	});
	// A phone that is entered twice must not ring twice.
	return [...new Set(numbers)];
}

/** The name must be printable, because it is sent to the phone in a header. */
const callerIdPattern = /^([^<>"\p{C}]*[^<>"\s\p{C}]) ?<\s*(\+?\d+)\s*>$/u;

function readCallerId(options: FieldReader, name: string): string | undefined {
	const callerId = options.text(name);
	if (callerId === undefined) return undefined;
	const [, shown, number] = callerIdPattern.exec(callerId) ?? [];
	if (shown !== undefined && number !== undefined) return `${shown} <${number}>`;
	options.refuse(
		name,
		`is "${callerId}". Enter a name, then a number in angle brackets, such as John Doe <4242425>. The number may only contain digits and a leading +.`,
	);
	return callerId;
}
