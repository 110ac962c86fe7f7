import { randomUUID } from 'crypto';

import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import type { Invalid } from '../../shared/wire/invalid';
import { fields } from './fields';

/** A call as VoipNow takes it; what is undefined is left to VoipNow's default. */
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

/** One item's form as a call; numbers cleaned, everything checked that VoipNow documents. `freshNonce` is used when the form has none. */
export function read(
	values: FormValues,
	labels?: Labels,
	freshNonce: string = randomUUID(),
): VoipNowCall | Invalid {
	const readCall = (form: FieldReader): VoipNowCall => {
		const options = form.collection('options');
		return {
			userId: readUserId(form),
			extension: readExtension(form),
			source: readNumbers(form, 'source'),
			destination: readNumbers(form, 'destination'),
			callerId: readCallerId(options, 'callerId'),
			callerIdDestination: readCallerId(options, 'callerIdDestination'),
			nonce: options.text('nonce') ?? freshNonce,
			waitForPickupSeconds: options.wholeNumber('waitForPickup', pickupSeconds),
			callDurationSeconds: options.wholeNumber('callDuration', durationSeconds),
			allowPublicTransfer: options.flag('allowPublicTransfer'),
			video: options.flag('video'),
		};
	};
	return readForm(fields, values, readCall, labels);
}

function readUserId(form: FieldReader): string {
	const userId = form.requiredText('userId');
	if (userId !== '' && !/^(?:@me|@viewer|@owner|\d+)$/.test(userId)) {
		form.refuse(
			'userId',
			`is "${userId}". Enter @me, @viewer, @owner or the ID of a user, which has digits only.`,
		);
	}
	return userId;
}

const extensionPattern = /^\d+(?:\*\d+)?$/;

function readExtension(form: FieldReader): string | undefined {
	const extension = form.text('extension');
	if (extension !== undefined && !extensionPattern.test(extension)) {
		form.refuse('extension', `is "${extension}". Enter a number like 210 or 0003*210.`);
	}
	return extension;
}

/** VoipNow documents a `+` in phone numbers, unlike the other vendors: it stays. */
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
	// A phone that is named twice must not ring twice.
	return [...new Set(numbers)];
}

/** The name must be printable: it is part of a header on the way to the phone. */
const callerIdPattern = /^([^<>"\p{C}]*[^<>"\s\p{C}]) ?<\s*(\+?\d+)\s*>$/u;

function readCallerId(options: FieldReader, name: string): string | undefined {
	const callerId = options.text(name);
	if (callerId === undefined) return undefined;
	const [, shown, number] = callerIdPattern.exec(callerId) ?? [];
	if (shown !== undefined && number !== undefined) return `${shown} <${number}>`;
	options.refuse(
		name,
		`is "${callerId}". Enter a name and, in angle brackets, a number of digits, which may begin with +, as in John Doe <4242425>.`,
	);
	return callerId;
}
