import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Connection } from '../wire/exchange/connection';
import { explainCrash, isExplanation } from '../wire/reply/explanation';
import { isInvalid } from '../wire/text/invalid';
import { connect } from './access';
import {
	dryRunOf,
	type Failed,
	isFailed,
	type Outcome,
	type Skipped,
	toFailed,
} from './contract/outcome';
import type { Originate, Vendor } from './contract/vendor';
import { followPlaced } from './follow/followPlaced';
import { isToLookUp, lookUpSeconds, lookUpUnknown, withTag } from './follow/lookUp';
import {
	invalidInput,
	processedOf,
	type Reading,
	readItem,
	readRunOptionsOf,
	type Ready,
} from './item';
import { type Budget, budgetOf } from './limits/budget';
import {
	checkCallingHours,
	checkDestinations,
	checkEmergency,
	type Guards,
	rungBy,
} from './limits/guards';
import { leftToModel } from './limits/leftToModel';
import { listMemory } from './limits/listMemory';
import { openOnceKey } from './once/once';
import { defaultRunOptions } from './options';
import { replayOf } from './replay';
import { logOf } from './report/log';
import { type Processed, referenceOf } from './report/result';
import { toolUseOf } from './report/tool';
import { withWarnings } from './report/warnings';
import { notStarted, runItems, type Turns } from './run';

/** Runs a node: places one call for each input item. */
export async function originate(
	context: IExecuteFunctions,
	vendor: Vendor,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const { originate: operation } = vendor.operations;
	const tool = toolUseOf(context);
	// If they cannot be read, no call is placed: a limit may be among them.
	const read = readRunOptionsOf(context, operation.fields);
	const options = isInvalid(read) ? defaultRunOptions : read;
	const blocked =
		(tool?.unreportable && toFailed(tool.unreportable, '')) ??
		leftToModel(context) ??
		(isInvalid(read) ? invalidInput(read) : undefined);
	const replay = replayOf(context);
	// Recalled before the first call, so that this try reports the calls of an earlier one wherever it stops.
	const earlier = items.map((_, index) => replay.recall(index));
	const placed = earlier.filter((one) => one !== undefined).map(({ outcome }) => outcome);
	const log = logOf(context, vendor);
	const run: Run = {
		context,
		vendor,
		operation,
		items,
		lists: listMemory(),
		access: blocked === undefined ? await connect(context, vendor) : blocked,
		budget: budgetOf(context, options.maxCalls, placed),
		isTool: tool !== undefined,
		onPlaced(processed) {
			replay.remember(processed);
			log.placed(processed);
		},
	};
	return await runItems(context, vendor, options, {
		effect: 'rings',
		tool,
		tries: replay.tries,
		earlier,
		process: async (index, turns) => await processItem(run, index, turns),
		onProcessed: replay.remember,
		onCanceled: log.canceled,
	});
}

/** The part of a run that its items share. */
interface Run extends Reading {
	readonly operation: Originate;
	/** Or why no item can be sent. */
	readonly access: Connection | Failed;
	readonly budget: Budget;
	/** Whether an AI agent uses the node. */
	readonly isTool: boolean;
	/** Called as soon as the outcome of a call is known, before it is followed. */
	onPlaced(processed: Processed): void;
}

/** Processes one item, from its form to its outcome; never throws. */
async function processItem(run: Run, index: number, turns: Turns): Promise<Processed> {
	const { access } = run;
	try {
		const item = readItem(run, index);
		if (item.kind === 'unsent') return item.processed;
		if (isFailed(access)) return { ...item.known, outcome: access };
		const exchange = exchangeOf(run, access, item, turns);
		const outcome = await placeCall(run, item, exchange, turns);
		const processed = { ...item.known, ...exchange.sent(), outcome };
		run.onPlaced(processed);
		return await waitFor(run, item, processed, access, turns);
	} catch (error) {
		return processedOf(index, crashed(run.operation, error, false));
	}
}

/** Follows a call that was placed, as far as its item says. Whatever goes wrong, the call stays placed. */
async function waitFor(
	{ vendor }: Run,
	{ options: { wait } }: Ready,
	processed: Processed & { readonly outcome: Outcome },
	{ send }: Connection,
	{ over }: Turns,
): Promise<Processed> {
	const { get } = vendor.operations;
	const { outcome } = processed;
	if (get === undefined) return processed;
	const followed = await followPlaced(outcome, referenceOf(outcome, processed), get, wait, {
		send,
		over,
	});
	return { ...processed, outcome: followed };
}

/** Places one call within the limits. If no phone rang, the budget gets its call back. */
async function placeCall(
	run: Run,
	item: Ready,
	exchange: Exchange,
	turns: Turns,
): Promise<Outcome> {
	const kept = checkGuards(run, item) ?? (await run.budget.reserve());
	if (kept !== undefined) return kept;
	const outcome = await ring(run, item, exchange, turns).catch(
		(error: unknown) =>
			exchange.outcome() ?? crashed(run.operation, error, exchange.sent() !== undefined),
	);
	run.budget.release(outcome);
	return outcome;
}

/** Waits for the key and the turn, checks the calling hours again, reserves the key, sends, and records the outcome. */
async function ring(
	{ context, operation }: Run,
	{ call, options: { dryRun, guards, onceKey } }: Ready,
	exchange: Exchange,
	turns: Turns,
): Promise<Outcome> {
	if (dryRun) return exchange.rehearse();
	if (turns.over.aborted) return notStarted.rings;
	const replySeconds = operation.replyTimeoutSeconds(call) + lookUpSeconds;
	const key = await openOnceKey(context, onceKey, { ...operation, replySeconds });
	for (;;) {
		const kept =
			(await key.wait(turns.over)) ??
			(await turns.next()) ??
			// Pauses between calls can last into the night.
			checkHours(operation, call, guards);
		if (kept !== undefined) return kept;
		const reserved = await key.reserve();
		if (reserved === 'reserved') break;
		if (reserved !== 'taken') return reserved;
	}
	return await key.record(await exchange.send());
}

/** Skips an item whose call must not be placed now. */
function checkGuards(
	{ operation, isTool }: Run,
	{ call, options: { guards } }: Ready,
): Skipped | undefined {
	const rung = rungBy(operation, call);
	return (
		(isTool ? checkEmergency(rung, guards) : undefined) ??
		checkDestinations(rung, guards) ??
		checkHours(operation, call, guards)
	);
}

function checkHours(operation: Originate, call: object, guards: Guards): Skipped | undefined {
	const delaySeconds = operation.delaySeconds?.(call) ?? 0;
	return checkCallingHours(guards, new Date(Date.now() + delaySeconds * 1000));
}

/** The request for a call and the look-up after it. It keeps what was sent and received, whatever goes wrong later. */
interface Exchange {
	send(): Promise<Outcome>;
	/** Shows the request and sends nothing. */
	rehearse(): Outcome;
	/** Undefined if nothing was sent. */
	sent(): Pick<Processed, 'requestedAt' | 'httpStatus'> | undefined;
	outcome(): Outcome | undefined;
}

function exchangeOf(
	{ vendor, operation }: Run,
	connection: Connection,
	{ call, request, warnings, options, known: { parties } }: Ready,
	{ over }: Turns,
): Exchange {
	let sent: ReturnType<Exchange['sent']>;
	let outcome: Outcome | undefined;
	return {
		async send() {
			if (over.aborted) return notStarted.rings;
			const requestedAt = new Date().toISOString();
			sent = { requestedAt, httpStatus: null };
			const reply = await connection.send(request, operation.replyTimeoutSeconds(call));
			if (!isExplanation(reply)) sent = { requestedAt, httpStatus: reply.status };
			else if (reply.status === 'not_sent' && reply.httpStatus === null) sent = undefined;
			const replied = isExplanation(reply)
				? toFailed(reply, operation.howToCheck)
				: operation.decode(reply, call);
			const tagged = withTag(replied, operation.tag?.(call));
			outcome = withWarnings(tagged, warnings);
			const { get } = vendor.operations;
			if (get !== undefined && isToLookUp(tagged, operation, options.lookUpUnknown)) {
				const reference = referenceOf(tagged, { parties, requestedAt });
				const known = await lookUpUnknown(tagged, reference, get, { ...connection, over });
				outcome = withWarnings(known, warnings);
			}
			return outcome;
		},
		rehearse: () => withWarnings(dryRunOf(request, connection.baseUrl), warnings),
		sent: () => sent,
		outcome: () => outcome,
	};
}

function crashed({ howToCheck }: Originate, error: unknown, isSent: boolean): Failed {
	return toFailed(explainCrash(error, isSent), howToCheck);
}
