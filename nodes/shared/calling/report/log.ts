import type { IExecuteFunctions } from 'n8n-workflow';

import type { JsonObject } from '../../wire/text/json';
import { noPhoneRang } from '../contract/outcome';
import type { Vendor } from '../contract/vendor';
import { type Processed, toJson } from './result';

/**
 * Reports calls to n8n's log. If an execution is canceled, times out or crashes, n8n saves nothing of the running node, and
 * the log is the only record of its calls.
 */
export interface Log {
	/** Writes one entry for a call that was or may have been placed. */
	placed(processed: Processed): void;
	/** Writes a warning with all of them. */
	canceled(processed: readonly Processed[]): void;
}

/** The log of one execution of a node. */
export function logOf(context: IExecuteFunctions, vendor: Pick<Vendor, 'id'>): Log {
	const about = { executionId: context.getExecutionId(), node: context.getNode().name };
	// Most formats of n8n's log show the text alone; others also show the data.
	const where = `execution ${about.executionId}, node "${about.node}"`;
	return {
		placed(processed) {
			if (noPhoneRang(processed.outcome)) return;
			const call = callOf(vendor, processed);
			write(() =>
				context.logger.info(`Call ${describeCall(call)}: ${where}`, { ...about, ...call }),
			);
		},
		canceled(all) {
			const calls = all
				.filter(({ outcome }) => !noPhoneRang(outcome))
				.map((processed) => callOf(vendor, processed));
			const list = calls.length === 0 ? 'none' : calls.map(describeCall).join('; ');
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

function describeCall({ item, vendor, status, callId, from, to }: LoggedCall): string {
	const parties = [from, to].filter((party) => party !== null).join(' to ');
	return `item ${item} (${parties}) by ${vendor}: ${status}, call ID ${callId ?? 'none'}`;
}

/** The last three characters are enough to recognize a number, but not to call it. */
function masked(party: string | null): string | null {
	return party === null ? null : party.replace(/[^\s,](?=[^\s,]{3})/g, '*');
}

/** A log that throws must not lose the outcomes of the calls. */
function write(entry: () => void): void {
	try {
		entry();
	} catch {
		// There is no other place to report it.
	}
}
