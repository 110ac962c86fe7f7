import type { IExecuteFunctions } from 'n8n-workflow';

import type { JsonObject } from '../wire/http';
import { noPhoneRang } from './outcome';
import { type Processed, toJson } from './result';
import type { Vendor } from './vendor';

/**
 * What n8n's log is told. n8n keeps nothing of a node whose execution is canceled or runs out of time, nor of one that
 * crashes: the log is the only place then that knows whom it called.
 */
export interface Log {
	/** One line for each call that was placed, or may have been. */
	placed(processed: Processed): void;
	/** The list of all of them, where the workflow does not get it any more. */
	canceled(processed: readonly Processed[]): void;
}

export function logOf(context: IExecuteFunctions, vendor: Pick<Vendor, 'id'>): Log {
	const about = { executionId: context.getExecutionId(), node: context.getNode().name };
	// In most of its formats n8n's log shows the text alone, in others also what comes with it.
	const where = `execution ${about.executionId}, node "${about.node}"`;
	return {
		placed(processed) {
			if (noPhoneRang(processed.outcome)) return;
			const call = callOf(vendor, processed);
			write(() => context.logger.info(`Call ${textOf(call)}: ${where}`, { ...about, ...call }));
		},
		canceled(all) {
			const calls = all
				.filter(({ outcome }) => !noPhoneRang(outcome))
				.map((processed) => callOf(vendor, processed));
			const list = calls.length === 0 ? 'none' : calls.map(textOf).join('; ');
			const text = `The execution was canceled or ran out of time. Calls that were or may have been placed: ${list}: ${where}`;
			write(() => context.logger.warn(text, { ...about, calls }));
		},
	};
}

interface LoggedCall extends JsonObject {
	readonly item: number;
	readonly vendor: string;
	readonly status: string;
	readonly callId: string | null;
	readonly from: string | null;
	readonly to: string | null;
}

function callOf(vendor: Pick<Vendor, 'id'>, processed: Processed): LoggedCall {
	const { status, callId, from, to } = toJson(vendor, processed) as JsonObject & {
		readonly [key in 'status' | 'callId' | 'from' | 'to']: string | null;
	};
	return {
		item: processed.index,
		vendor: vendor.id,
		status: String(status),
		callId,
		from: masked(from),
		to: masked(to),
	};
}

function textOf({ item, vendor, status, callId, from, to }: LoggedCall): string {
	const parties = [from, to].filter((party) => party !== null).join(' to ');
	return `item ${item} (${parties}) by ${vendor}: ${status}, call ID ${callId ?? 'none'}`;
}

/** The end of a number is enough to find it, and too little to call it. */
function masked(party: string | null): string | null {
	return party === null ? null : party.replace(/[^\s,](?=[^\s,]{3})/g, '*');
}

/** A log that fails must not take the outcome of the calls with it. */
function write(line: () => void): void {
	try {
		line();
	} catch {
		// There is nobody left to tell.
	}
}
