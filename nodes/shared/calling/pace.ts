import type { IExecuteFunctions } from 'n8n-workflow';

import { pause } from '../wire/exchange/pause';
import { failed, type Failed } from './contract/outcome';
import { type Fault, isFault, type Rows, rowsOf } from './once/store';
import type { RunOptions } from './options';

/** The options Interval and Interval Counts. */
type Interval = Pick<RunOptions, 'intervalSeconds' | 'intervalCounts'>;

/** Keeps an interval between the starts of calls. */
export interface Pace {
	/** Waits until a call may start; an outcome if it never may. */
	turn(): Promise<Failed | undefined>;
	/** Cleans up after the last call. */
	close(): Promise<void>;
}

/** The pace of one run. `over` ends all waiting. */
export function paceOf(
	context: IExecuteFunctions,
	{ intervalSeconds, intervalCounts }: Interval,
	over: AbortSignal,
): Pace {
	const interval = intervalSeconds * 1000;
	return intervalCounts === 'allExecutions' && interval > 0
		? paceOfWorkflow(context, interval, over)
		: paceOfRun(interval, over);
}

function paceOfRun(interval: number, over: AbortSignal): Pace {
	// When the latest call really started: a busy n8n may be late.
	let latest = Promise.resolve(0);
	return {
		async turn() {
			latest = latest.then(async (start) => {
				await waitUntil(start + interval, over);
				return Date.now();
			});
			await latest;
			return undefined;
		},
		close: async () => undefined,
	};
}

async function waitUntil(time: number, over: AbortSignal): Promise<void> {
	while (Date.now() < time && !over.aborted) await pause(time - Date.now(), over);
}

/** The first slot that this process has not tried yet, by workflow and interval: it must not compete with itself. */
const nextSlots = new Map<string, number>();

/**
 * Time is divided into slots of one interval, which are the same in all processes whose clocks are right. The process that
 * adds the row of a slot starts a call when the slot begins. A row is removed when its slot is certainly over.
 */
function paceOfWorkflow(context: IExecuteFunctions, interval: number, over: AbortSignal): Pace {
	const queue = `${context.getWorkflow().id} ${interval}`;
	const rowOf = (slot: number) => `slot ${interval} ${slot}`;

	/** Undefined when the run is over. */
	const takeSlot = async (rows: Rows): Promise<number | Fault | undefined> => {
		let took = 0;
		while (!over.aborted) {
			const asked = Date.now();
			const soonest = Math.floor((asked + took) / interval) + 1;
			const slot = Math.max(soonest, nextSlots.get(queue) ?? soonest);
			nextSlots.set(queue, slot + 1);
			const isOurs = await rows.add(rowOf(slot));
			if (isFault(isOurs)) return isOurs;
			took = Date.now() - asked;
			// If the store answers late, the slot has begun already, and several calls could start at once.
			if (isOurs && Date.now() < slot * interval) return slot;
			if (isOurs) await rows.remove(rowOf(slot));
		}
		return undefined;
	};

	let begun: readonly number[] = [];
	let removing: Promise<unknown> = Promise.resolve();
	const removeBegun = (rows: Rows) => {
		const past = begun;
		begun = [];
		removing = Promise.all([removing, ...past.map(async (slot) => await rows.remove(rowOf(slot)))]);
	};

	return {
		async turn() {
			const rows = await rowsOf(context);
			if (rows === undefined) return notOffered;
			if (isFault(rows)) return unavailable(rows);
			for (;;) {
				const slot = await takeSlot(rows);
				if (isFault(slot)) return unavailable(slot);
				if (slot === undefined) return undefined;
				await waitUntil(slot * interval, over);
				if (over.aborted) {
					await rows.remove(rowOf(slot));
					nextSlots.set(queue, Math.min(slot, nextSlots.get(queue) ?? slot));
					return undefined;
				}
				// The row of this slot stays until the next turn: the clock of another machine may be a little slow.
				removeBegun(rows);
				begun = [...begun, slot];
				// If n8n was too busy to wake up in time, the slot is over, and the call would start with those of the next ones.
				if (Date.now() < (slot + 1) * interval) return undefined;
			}
		},
		async close() {
			const rows = begun.length > 0 ? await rowsOf(context) : undefined;
			if (rows !== undefined && !isFault(rows)) removeBegun(rows);
			await removing;
		},
	};
}

const notOffered = failed(
	'not_sent',
	'invalid_settings',
	'Interval Counts is set to In All Executions, but this version of n8n cannot coordinate executions.',
	'Set Interval Counts to In This Run, or update n8n.',
);

function unavailable({ why }: Fault): Failed {
	return failed(
		'not_sent',
		'store_unavailable',
		`Interval Counts is set to In All Executions, and n8n could not assign a slot to this call (${why}).`,
		"Slots are kept with the saved workflow: save it first. If it is saved, check n8n's database.",
	);
}
