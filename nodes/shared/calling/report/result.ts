import type { IDataObject } from 'n8n-workflow';

import type { JsonObject } from '../../wire/text/json';
import {
	type CallReference,
	type CallState,
	type Followed,
	type HangUpResult,
	nothingKnown,
	type Sighting,
} from '../contract/callState';
import { type HungUp, isFailed, type Outcome, type Result } from '../contract/outcome';
import type { Parties, Vendor } from '../contract/vendor';
import { messageOf, stateInWords } from './message';

/** One item and its outcome. */
export interface Processed {
	/** Of the input item. */
	readonly index: number;
	/** As sent, or as they would be in a dry run; as entered if the input is refused. */
	readonly parties: Partial<Parties>;
	/** Of Get and Hang Up: as entered. */
	readonly callId?: string | undefined;
	/** When the request was sent, ISO 8601 in UTC; null if none was. */
	readonly requestedAt: string | null;
	/** The HTTP status of the vendor's reply; null if none came. */
	readonly httpStatus: number | null;
	readonly includeResponse: boolean;
	readonly includeInput: boolean;
	/** Processed by an earlier try of the same run. */
	readonly replayed: boolean;
	readonly outcome: Result;
}

/** The `json` of an output item. It has the same keys for every outcome of an operation. */
export function toJson({ id }: Pick<Vendor, 'id'>, processed: Processed): IDataObject {
	const { outcome } = processed;
	switch (outcome.status) {
		case 'seen':
			return {
				vendor: id,
				...stateJson(outcome.seen, processed),
				...responseOf(processed),
			} as IDataObject;
		case 'hung_up':
		case 'not_found':
			return {
				vendor: id,
				...hungUpJson(outcome, processed),
				requestedAt: processed.requestedAt,
				replayed: processed.replayed,
				vendorErrors: [],
				httpStatus: null,
				...responseOf(processed),
			};
		default:
			return originateJson(id, outcome, processed);
	}
}

function originateJson(vendor: string, outcome: Outcome, processed: Processed): IDataObject {
	const { requestedAt, replayed, httpStatus } = processed;
	const isSkipped = outcome.status === 'skipped';
	const hasFailed = isFailed(outcome);
	const { callId, from, to, details } = referenceOf(outcome, processed);
	const followed = isSkipped || hasFailed ? undefined : outcome.call;
	return {
		vendor,
		status: outcome.status,
		reason: isSkipped || hasFailed ? outcome.reason : null,
		message: messageOf(outcome),
		callId,
		from,
		to,
		requestedAt,
		replayed,
		details,
		vendorErrors: hasFailed ? outcome.vendorErrors : [],
		httpStatus: hasFailed ? outcome.httpStatus : httpStatus,
		...(followed === undefined ? {} : { call: stateJson(followed, { ...processed, callId }) }),
		...(isSkipped && outcome.request !== undefined ? { request: outcome.request } : {}),
		...responseOf(processed),
	} as IDataObject;
}

/** What names a call, from its outcome. */
export function referenceOf(
	outcome: Outcome,
	{ callId: entered, parties, requestedAt }: Pick<Processed, 'callId' | 'parties' | 'requestedAt'>,
) {
	const isSkipped = outcome.status === 'skipped';
	const dialed: Partial<Parties> = isSkipped || isFailed(outcome) ? {} : outcome;
	return {
		status: outcome.status,
		callId: (isSkipped ? undefined : outcome.callId) ?? entered ?? null,
		from: dialed.from ?? parties.from ?? null,
		to: dialed.to ?? parties.to ?? null,
		requestedAt,
		details: withoutEmpty(outcome.details),
	} satisfies CallReference;
}

/** How the form or the program names a call. */
interface Named {
	readonly callId?: string | null | undefined;
	readonly parties: Partial<Parties>;
}

/** A followed call as workflows and programs get it. */
export function stateJson(followed: Followed, { callId = null, parties }: Named): CallState {
	const { call, candidates, timedOut, checkedAt, notRead = null } = followed;
	const seen = call === undefined ? notSeen(candidates) : withoutResponse(call);
	return {
		...seen,
		callId: seen.callId ?? callId,
		from: seen.from ?? parties.from ?? null,
		to: seen.to ?? parties.to ?? null,
		timedOut,
		checkedAt,
		message: stateInWords(followed),
		details: withoutEmpty({ notRead, ...seen.details, candidates: candidates.map(callJson) }),
	};
}

function notSeen(candidates: readonly Sighting[]) {
	const [first] = candidates;
	return {
		...nothingKnown,
		state: first === undefined ? 'not_found' : 'unknown',
		seenIn: first?.seenIn ?? null,
		matchedBy: first?.matchedBy ?? null,
	} as const;
}

/** A call that was seen, without the whole reply. */
export function callJson(call: Sighting): JsonObject {
	return { ...withoutResponse(call), details: withoutEmpty(call.details) };
}

function withoutResponse(call: Sighting): Omit<Sighting, 'response'> {
	const seen: { -readonly [Key in keyof Sighting]: Sighting[Key] } = { ...call };
	delete seen.response;
	return seen;
}

/** The same for a call that was ended. */
export function hungUpJson(outcome: HungUp, { callId, parties }: Named): HangUpResult {
	return {
		status: outcome.status,
		reason: null,
		message: messageOf(outcome),
		callId: outcome.callId ?? callId ?? null,
		from: outcome.from ?? parties.from ?? null,
		to: outcome.to ?? parties.to ?? null,
		details: withoutEmpty(outcome.details),
	};
}

function responseOf({ outcome, includeResponse }: Processed): IDataObject {
	if (!includeResponse || outcome.status === 'skipped') return {};
	const response = outcome.status === 'seen' ? outcome.seen.call?.response : outcome.response;
	return response === undefined ? {} : ({ response } as IDataObject);
}

function withoutEmpty(details: JsonObject = {}): JsonObject {
	const isEmpty = (value: unknown) =>
		value === null || value === undefined || (Array.isArray(value) && value.length === 0);
	return Object.fromEntries(Object.entries(details).filter(([, value]) => !isEmpty(value)));
}
