import type { IDataObject } from 'n8n-workflow';

import { isFailed, type Failed, type Outcome, type Placed, type Skipped } from './call';
import type { Parties, Vendor } from './vendor';

/** One item after it was dealt with. */
export interface Settled {
	/** Of the input item. */
	readonly index: number;
	/** What was sent, or would have been; undefined where the form did not tell. */
	readonly parties: Parties | undefined;
	/** ISO 8601, UTC. */
	readonly requestedAt: string;
	readonly includeResponse: boolean;
	/** Settled by an earlier try of the same run. */
	readonly replayed: boolean;
	readonly outcome: Outcome;
}

/** What the workflow gets for one item, as its `json`. */
export function toJson(vendor: Vendor, settled: Settled): IDataObject {
	const { outcome } = settled;
	const json = isFailed(outcome)
		? failureJson(vendor, settled, outcome)
		: resultJson(vendor, settled, outcome);
	const response = outcome.status === 'skipped' ? undefined : outcome.response;
	return settled.includeResponse && response !== undefined ? { ...json, response } : json;
}

function resultJson(
	{ id }: Vendor,
	{ parties, requestedAt, replayed }: Settled,
	outcome: Placed | Skipped,
): Record<string, unknown> & IDataObject {
	const { status, details } = outcome;
	const dialled: Partial<Parties> = status === 'skipped' ? {} : outcome;
	return {
		vendor: id,
		status,
		...(status === 'skipped' ? { reason: outcome.reason } : {}),
		callId: status === 'skipped' ? null : outcome.callId,
		from: dialled.from ?? parties?.from ?? null,
		to: dialled.to ?? parties?.to ?? null,
		requestedAt,
		replayed,
		details,
		...(status === 'skipped' && outcome.request !== undefined ? { request: outcome.request } : {}),
	};
}

function failureJson(
	{ id }: Vendor,
	{ parties, requestedAt }: Settled,
	{ status, reason, message, advice, vendorErrors, httpStatus }: Failed,
): IDataObject {
	return {
		vendor: id,
		status,
		reason,
		message: `${message} ${advice}`,
		vendorErrors,
		httpStatus,
		from: parties?.from ?? null,
		to: parties?.to ?? null,
		requestedAt,
	};
}
