import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { CallRecord, Recorded } from '../calling/contract/events';
import { type Failed, type Trouble, troubleTo } from '../calling/contract/outcome';
import type { Vendor } from '../calling/contract/vendor';
import { toNodeError } from '../calling/report/failure';
import type { FormValues } from '../form/reader';
import { openConnection } from '../wire/exchange/connection';
import { converse, type Step } from '../wire/exchange/conversation';
import { explain, explainInvalid, isExplanation } from '../wire/reply/explanation';
import { isInvalid } from '../wire/text/invalid';
import { maxListCharacters } from '../wire/text/limits';
import { isRecord } from '../wire/text/values';
import { eventJson } from './item';
import { logOf } from './log';
import {
	add,
	fromStored,
	isNewTo,
	keptFrom,
	type Known,
	latestOf,
	mostRecords,
	newAmong,
	newFrom,
	noneKnown,
	readLatest,
	readRecords,
	type Shown,
	toStored,
} from './records';
import { startError } from './startError';

/** For each page. Nothing rings, but a phone system can take a while for the records of a day. */
const timeoutSeconds = 30;

/** How many records a test in the editor shows. */
const shownInTest = 5;

/** n8n has one context for all polls of a publication. Those in here have polled. */
const begun = new WeakSet<IPollFunctions>();

/**
 * One poll: an item for each call that has ended since the workflow was published, once; null if there is none.
 *
 * n8n keeps the static data in memory from poll to poll. It saves it after the first poll of a publication or of its own
 * start, and with each poll that starts the workflow, but not after one that finds nothing. So only those polls change it,
 * all at once. After that nothing waits: if a poll takes long, n8n begins the next one meanwhile.
 */
export async function poll(
	context: IPollFunctions,
	vendor: Vendor,
	events: Recorded,
): Promise<INodeExecutionData[][] | null> {
	const polling = await begin(context, vendor, events);
	if (context.getMode() === 'manual') return itemsOf(polling, await latest(polling));
	const { source, stored, known } = polling;
	if (known === undefined) {
		const { records, newest } = await readAll(polling);
		Object.assign(stored, toStored(source, add(noneKnown, records, newest)));
		begun.add(context);
		return null;
	}
	const shown = await read(polling, newFrom(known), isNewTo(known));
	const current = fromStored(stored, source) ?? known;
	const records = newAmong(current, shown.records);
	if (records.length === 0) return null;
	Object.assign(stored, toStored(source, add(current, records, shown.newest)));
	return itemsOf(polling, records);
}

/** Whether this is the first poll since a person published the workflow: what has ended before does not start it. */
function isFirst(context: IPollFunctions): boolean {
	return context.getActivationMode() === 'activate' && !begun.has(context);
}

interface Polling {
	readonly context: IPollFunctions;
	readonly vendor: Vendor;
	readonly events: Recorded;
	readonly form: FormValues;
	/** What the records belong to: those of another account or link have nothing to do with the ones that were seen. */
	readonly source: string;
	readonly stored: IDataObject;
	/** Undefined if this poll only looks at what there is. */
	readonly known: Known | undefined;
	readonly now: number;
	/** Asks the phone system; throws if it does not give an answer. */
	ask<Result extends object>(step: Step<Result | Trouble>): Promise<Result>;
}

async function begin(context: IPollFunctions, vendor: Vendor, events: Recorded): Promise<Polling> {
	const form = Object.fromEntries(
		events.fields.map(({ name, default: fallback }) => [
			name,
			context.getNodeParameter(name, fallback, { extractValue: true }) as unknown,
		]),
	);
	const connection = await openConnection(context, vendor);
	if (isInvalid(connection)) throw toStop(context, explainInvalid(connection));
	const credential = context.getNode().credentials?.[vendor.credentialType]?.id;
	const source = JSON.stringify([connection.baseUrl, credential ?? null, form]);
	const stored = context.getWorkflowStaticData('node');
	const known = isFirst(context) ? undefined : fromStored(stored, source);
	return {
		context,
		vendor,
		events,
		form,
		source,
		stored,
		known,
		now: Date.now(),
		async ask(step) {
			const answer = await converse(
				step,
				async (request) => await connection.send(request, timeoutSeconds, maxListCharacters),
			);
			if (isExplanation(answer)) throw toStop(context, answer, known);
			return answer;
		},
	};
}

/** The error that ends a poll. At a publication, n8n then refuses it; later, a failed execution shows it. */
function toStop(context: IPollFunctions, trouble: Trouble, known?: Known) {
	const failure = troubleTo('listens', trouble);
	const message = `${trouble.what} The next poll reads the same call records again.`;
	const node = context.getNode();
	return known === undefined
		? startError(node, failure)
		: toNodeError(node, { ...failure, message }, 0, {});
}

/** The records that there are when the workflow is published. Whatever comes later is new. */
async function readAll(polling: Polling): Promise<Shown> {
	const { ask, events, form, now } = polling;
	const { records } = await ask(readLatest(events, { form, now }, 1));
	const from = keptFrom({ newest: latestOf(null, records) });
	const shown = await read(polling, from, ({ ended }) => ended !== undefined);
	if (shown.hasMore) throw toStop(polling.context, tooMany(polling.vendor));
	return shown;
}

async function read(
	{ ask, context, vendor, events, form, known, now }: Polling,
	from: number,
	isWanted: (record: CallRecord) => boolean,
): Promise<Shown> {
	const shown = await ask(readRecords(events, { form, from, now }, isWanted));
	const { records, unreadable, hasMore } = shown;
	if (unreadable > 0) {
		logOf(context, vendor).warn(`could not read ${unreadable} of the call records`);
	}
	// What is left comes with the next polls, but they never reach it if they find nothing new before it.
	if (hasMore && records.length === 0) throw toStop(context, tooMany(vendor), known);
	return shown;
}

function tooMany({ displayName }: Vendor): Trouble {
	return explain(
		'not_sent',
		'invalid_settings',
		`${displayName} has more than ${mostRecords} call records to read.`,
		'Choose fewer calls in the trigger, such as those of one link.',
	);
}

async function latest({ ask, context, vendor, events, form, now }: Polling) {
	const { records } = await ask(readLatest(events, { form, now }, shownInTest));
	const ended = records.filter((record) => record.ended !== undefined).reverse();
	if (ended.length === 0) throw toNodeError(context.getNode(), noRecord(vendor), 0, {});
	return ended;
}

function noRecord({ displayName }: Vendor): Failed {
	return {
		status: 'not_sent',
		reason: 'invalid_input',
		message: `${displayName} has no call record to show.`,
		advice: 'Test again when a call has ended and its record is there, or publish the workflow.',
		vendorErrors: [],
		httpStatus: null,
	};
}

function itemsOf(
	{ context, vendor }: Polling,
	records: readonly CallRecord[],
): INodeExecutionData[][] {
	const options: unknown = context.getNodeParameter('options', {});
	const includeResponse = !isRecord(options) || options.includeResponse !== false;
	const receivedAt = new Date().toISOString();
	const items = records.flatMap(({ ended }) =>
		ended === undefined ? [] : [{ json: eventJson(vendor.id, ended, receivedAt, includeResponse) }],
	);
	return [items];
}
