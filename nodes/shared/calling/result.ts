import type { IDataObject } from 'n8n-workflow';

import type { JsonObject } from '../wire/http';
import { messageOf } from './message';
import { isFailed, type Outcome } from './outcome';
import type { Parties, Vendor } from './vendor';

/** One item and its outcome. */
export interface Processed {
	/** Of the input item. */
	readonly index: number;
	/** As sent, or as they would be in a dry run; as entered if the input is refused. */
	readonly parties: Partial<Parties>;
	/** When the request was sent, ISO 8601 in UTC; null if none was. */
	readonly requestedAt: string | null;
	/** The HTTP status of the vendor's reply; null if none came. */
	readonly httpStatus: number | null;
	readonly includeResponse: boolean;
	readonly includeInput: boolean;
	/** Processed by an earlier try of the same run. */
	readonly replayed: boolean;
	readonly outcome: Outcome;
}

/** The `json` of an output item. It has the same keys for every outcome. */
export function toJson({ id }: Pick<Vendor, 'id'>, processed: Processed): IDataObject {
	const { outcome, parties, requestedAt, replayed, httpStatus } = processed;
	const isSkipped = outcome.status === 'skipped';
	const hasFailed = isFailed(outcome);
	const dialed: Partial<Parties> = isSkipped || hasFailed ? {} : outcome;
	const { response } = isSkipped ? {} : outcome;
	return {
		vendor: id,
		status: outcome.status,
		reason: isSkipped || hasFailed ? outcome.reason : null,
		message: messageOf(outcome),
		callId: (isSkipped ? undefined : outcome.callId) ?? null,
		from: dialed.from ?? parties.from ?? null,
		to: dialed.to ?? parties.to ?? null,
		requestedAt,
		replayed,
		details: withoutEmpty(outcome.details),
		vendorErrors: hasFailed ? outcome.vendorErrors : [],
		httpStatus: hasFailed ? outcome.httpStatus : httpStatus,
		...(isSkipped && outcome.request !== undefined ? { request: outcome.request } : {}),
		...(processed.includeResponse && response !== undefined ? { response } : {}),
	};
}

function withoutEmpty(details: JsonObject = {}): JsonObject {
	const isEmpty = (value: unknown) =>
		value === null || value === undefined || (Array.isArray(value) && value.length === 0);
	return Object.fromEntries(Object.entries(details).filter(([, value]) => !isEmpty(value)));
}
