import type { HttpReply } from '../server.mts';

/** One entry of `responses`. */
export interface Entry {
	readonly code: number;
	/** The parameter it is about; empty where it is about none. */
	readonly key: string;
	readonly message: string;
}

/** What a function answers. */
export interface Result {
	readonly entries: readonly Entry[];
	readonly data?: unknown;
}

/** How this installation writes its envelope: the documents show strings in an array, public clients met both others. */
export interface Envelope {
	/** Default `string`. */
	readonly codes?: 'string' | 'number';
	/** Default `array`. `object`: a single entry comes without its array. */
	readonly responses?: 'array' | 'object';
}

export const ok = (data: unknown): Result => ({
	entries: [{ code: 200, key: '', message: 'OK' }],
	data,
});
export const done: Result = { entries: [{ code: 204, key: '', message: 'OK' }] };

// The codes and what they mean are documented; the texts of 400 are stand-ins.

export const invalid = (key: string, message: string): Entry => ({ code: 400, key, message });
export const refused = (...entries: readonly Entry[]): Result => ({ entries });
export const badSignIn = refused({
	code: 401,
	key: '',
	message: 'The authentication details provided are invalid.',
});
export const badRole = refused({
	code: 402,
	key: '',
	message: 'Your role does not allow this.',
});
export const badRatePlan = refused({
	code: 403,
	key: '',
	message: 'Your rate plan does not allow this.',
});

export const noSuchCall = refused({
	code: 404,
	key: '',
	message: 'The call does not exist, or you do not have permission to view it.',
});

/** HTTP 200 whatever the verdict: that is in the body. */
export function render({ entries, data }: Result, envelope: Envelope): HttpReply {
	const written = entries.map(({ code, key, message }) => ({
		code: envelope.codes === 'number' ? code : String(code),
		key,
		message,
	}));
	const [only] = written;
	const responses = envelope.responses === 'object' && written.length === 1 ? only : written;
	return {
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(data === undefined ? { responses } : { responses, data }),
	};
}
