import { readSince } from '../shared/form/followFields';
import type { FieldReader } from '../shared/form/reader';

/** How a form names a call: by its ID, else by its nonce, else by its numbers and time. */
export interface VoipNowReference {
	readonly callId?: string | undefined;
	readonly nonce?: string | undefined;
	/** `@me`, `@viewer`, `@owner` or digits. */
	readonly userId: string;
	/** Undefined: any extension of the user. */
	readonly extension?: string | undefined;
	/** Every phone of the call; empty if the form does not have them. */
	readonly from: readonly string[];
	readonly to: readonly string[];
	readonly since?: Date | undefined;
}

export function readReference(form: FieldReader): VoipNowReference {
	const reference = {
		...readName(form),
		from: form.list('from') ?? [],
		to: form.list('to') ?? [],
	};
	const { callId, nonce } = reference;
	if (callId === undefined && nonce === undefined && !hasNumbers(reference)) {
		form.refuse('callId', 'is empty. Enter it, or the nonce, or From, To and Since.');
	}
	return reference;
}

/** Whether a form names a call by its numbers and time. */
export function hasNumbers({ from, to, since }: VoipNowReference): boolean {
	return from.length > 0 && to.length > 0 && since !== undefined;
}

/** A call that can be hung up: numbers and time are not certain enough. */
export function readCertainReference(form: FieldReader): VoipNowReference {
	const reference = { ...readName(form), from: [], to: [] };
	if (reference.callId === undefined && reference.nonce === undefined) {
		form.refuse('callId', 'is empty. Enter it, or the nonce.');
	}
	return reference;
}

function readName(form: FieldReader): Omit<VoipNowReference, 'from' | 'to'> {
	return {
		callId: readCallId(form),
		nonce: form.text('nonce'),
		userId: checkUserId(form, form.text('userId') ?? '@me'),
		extension: readExtension(form),
		since: readSince(form),
	};
}

function readCallId(form: FieldReader): string | undefined {
	const callId = form.text('callId');
	if (callId !== undefined && !isCallId(callId)) {
		form.refuse(
			'callId',
			`is "${callId}". An ID of VoipNow begins with a letter or digit and has only letters, digits and . _ -.`,
		);
	}
	return callId;
}

/**
 * Whether a text can stand for one call in a path. Without an ID, a path means all calls of an extension, and `.` or `..`
 * would turn into such a path.
 */
export function isCallId(text: string): boolean {
	return /^[a-z\d][\w.-]{0,254}$/i.test(text);
}

/** Refuses what cannot be a user ID, and returns it unchanged. */
export function checkUserId(form: FieldReader, userId: string): string {
	if (userId !== '' && !/^(?:@me|@viewer|@owner|\d+)$/.test(userId)) {
		form.refuse(
			'userId',
			`is "${userId}". Enter @me, @viewer, @owner or a user ID, which has only digits.`,
		);
	}
	return userId;
}

export const extensionPattern = /^\d+(?:\*\d+)?$/;

/** The field Extension; undefined if it is empty. */
export function readExtension(form: FieldReader): string | undefined {
	const extension = form.text('extension');
	if (extension !== undefined && !extensionPattern.test(extension)) {
		form.refuse('extension', `is "${extension}". Enter a number like 210 or 0003*210.`);
	}
	return extension;
}
