import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type Connection, openConnection } from '../wire/connection';
import { explainInvalid, explainUnreadable, isExplanation } from '../wire/explanation';
import { type Invalid, isInvalid } from '../wire/invalid';
import { reasonOf } from '../wire/values';
import { type Budget, budgetOf } from './budget';
import {
	checkCallingHours,
	checkDestinations,
	checkEmergency,
	type Guards,
	rungBy,
} from './guards';
import {
	invalidInput,
	optionsOf,
	processedOf,
	type Reading,
	readItem,
	readParameters,
	type Ready,
} from './item';
import { leftToModel } from './leftToModel';
import { listMemory } from './listMemory';
import { logOf } from './log';
import { lookUpUnknown } from './lookUp';
import { openOnceKey } from './once';
import { defaultRunOptions, readRunOptions, type RunOptions } from './options';
import { dryRunOf, type Failed, failed, type Outcome, type Skipped, toFailed } from './outcome';
import { replayOf } from './replay';
import type { Processed } from './result';
import { notStarted, runItems, type Turns } from './run';
import { toolUseOf } from './tool';
import type { Originate, Vendor } from './vendor';
import { withWarnings } from './warnings';

/** Runs a node: places one call for each input item. */
export async function originate(
	context: IExecuteFunctions,
	vendor: Vendor,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const { originate: operation } = vendor.operations;
	const tool = toolUseOf(context);
	const read = readRunOptionsOf(context, operation);
	const options = isInvalid(read) ? defaultRunOptions : read;
	const blocked =
		tool?.unreportable ??
		leftToModel(context) ??
		(isInvalid(read) ? invalidInput(read) : undefined);
	const replay = replayOf(context);
	// Recalled before the first call, so that this try reports the calls of an earlier one wherever it stops.
	const earlier = items.map((_, index) => replay.recall(index));
	const placed = earlier.filter((one) => one !== undefined).map(({ outcome }) => outcome);
	const run: Run = {
		context,
		vendor,
		operation,
		items,
		lists: listMemory(),
		access: blocked === undefined ? await connect(context, vendor) : blockedBy(blocked),
		budget: budgetOf(context, options.maxCalls, placed),
		isTool: tool !== undefined,
	};
	const log = logOf(context, vendor);
	return await runItems(context, vendor, options, {
		tool,
		tries: replay.tries,
		earlier,
		process: async (index, turns) => await processItem(run, index, turns),
		onProcessed(processed) {
			replay.remember(processed);
			log.placed(processed);
		},
		onCanceled: log.canceled,
	});
}

/** The part of a run that its items share. */
interface Run extends Reading {
	readonly operation: Originate;
	readonly access: Access;
	readonly budget: Budget;
	/** Whether an AI agent uses the node. */
	readonly isTool: boolean;
}

/** The connection, or why no item can be sent. */
type Access =
	| { readonly kind: 'open'; readonly connection: Connection }
	| { readonly kind: 'blocked'; readonly failure: Failed };

const blockedBy = (failure: Failed): Access => ({ kind: 'blocked', failure });

/** The first item sets these options. If they cannot be read, no call is placed: a limit may be among them. */
function readRunOptionsOf(context: IExecuteFunctions, { fields }: Originate): RunOptions | Invalid {
	const options = fields.filter(({ name }) => name === 'options');
	const form = readParameters(context, { fields: options }, 0);
	return isInvalid(form) ? form : readRunOptions(optionsOf(form));
}

/** Opens the connection. It never throws: an exception would lose the calls of an earlier try. */
async function connect(context: IExecuteFunctions, vendor: Vendor): Promise<Access> {
	const { howToCheck } = vendor.operations.originate;
	try {
		const connection = await openConnection(context, vendor);
		return isInvalid(connection)
			? blockedBy(toFailed(explainInvalid(connection), howToCheck))
			: { kind: 'open', connection };
	} catch (error) {
		return blockedBy(toFailed(explainUnreadable(error), howToCheck));
	}
}

/** Processes one item, from its form to its outcome; never throws. */
async function processItem(run: Run, index: number, turns: Turns): Promise<Processed> {
	const { access } = run;
	try {
		const item = readItem(run, index);
		if (item.kind === 'unsent') return item.processed;
		if (access.kind === 'blocked') return { ...item.known, outcome: access.failure };
		const exchange = exchangeOf(run, access.connection, item, turns);
		const outcome = await placeCall(run, item, exchange, turns);
		return { ...item.known, ...exchange.sent(), outcome };
	} catch (error) {
		return processedOf(index, crashed(run.operation, error));
	}
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
		(error: unknown) => exchange.outcome() ?? crashed(run.operation, error, exchange.sent()),
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
	if (turns.over.aborted) return notStarted;
	const replySeconds = operation.replyTimeoutSeconds(call);
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
	{ operation }: Run,
	connection: Connection,
	{ call, request, warnings }: Ready,
	{ over }: Turns,
): Exchange {
	let sent: ReturnType<Exchange['sent']>;
	let outcome: Outcome | undefined;
	return {
		async send() {
			if (over.aborted) return notStarted;
			const requestedAt = new Date().toISOString();
			sent = { requestedAt, httpStatus: null };
			const reply = await connection.send(request, operation.replyTimeoutSeconds(call));
			if (!isExplanation(reply)) sent = { requestedAt, httpStatus: reply.status };
			else if (reply.status === 'not_sent' && reply.httpStatus === null) sent = undefined;
			const replied = isExplanation(reply)
				? toFailed(reply, operation.howToCheck)
				: operation.decode(reply, call);
			outcome = withWarnings(replied, warnings);
			const known = await lookUpUnknown(replied, call, operation.lookUp, connection.send);
			outcome = withWarnings(known, warnings);
			return outcome;
		},
		rehearse: () => withWarnings(dryRunOf(request, connection.baseUrl), warnings),
		sent: () => sent,
		outcome: () => outcome,
	};
}

/** The failure of an item after a fault in this package. `sent` is undefined if nothing was sent. */
function crashed({ howToCheck }: Originate, error: unknown, sent?: object): Failed {
	const what = `The node stopped unexpectedly while processing this item (${reasonOf(error)}).`;
	const report = 'Please report this to the makers of the node.';
	return sent === undefined
		? failed('not_sent', 'node_fault', what, report)
		: failed('unknown', 'node_fault', what, `Before dialing again, ${howToCheck}. ${report}`);
}
