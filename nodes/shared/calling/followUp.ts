import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { FormValues } from '../form/reader';
import type { Connection } from '../wire/exchange/connection';
import { converse } from '../wire/exchange/conversation';
import { explainCrash, isExplanation } from '../wire/reply/explanation';
import { type Invalid, isInvalid } from '../wire/text/invalid';
import { connect } from './access';
import {
	type Failed,
	failedTo,
	isFailed,
	lacking,
	type Result,
	troubleTo,
} from './contract/outcome';
import type { Get, HangUp, Vendor } from './contract/vendor';
import { follow, replySeconds } from './follow/follow';
import {
	checkOptions,
	enteredParties,
	enteredText,
	invalidInput,
	optionsOf,
	processedOf,
	readParameters,
	readRunOptionsOf,
} from './item';
import { defaultRunOptions, type ItemOptions, readItemOptions, type RunOptions } from './options';
import { replayOf } from './replay';
import type { Processed } from './report/result';
import { type ToolUse, toolUseOf } from './report/tool';
import { runItems, type Turns } from './run';

/** Runs a node: looks at one call for each input item, or ends it. */
export async function followUp(
	context: IExecuteFunctions,
	vendor: Vendor,
	name: 'get' | 'hangUp',
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const operation = vendor.operations[name];
	const effect = effects[name];
	const tool = toolUseOf(context);
	const run: Run | Failed =
		operation === undefined
			? lacking(effect, vendor.displayName, otherChoice)
			: { context, operation, connection: await connect(context, vendor, effect) };
	const replay = replayOf(context);
	return await runItems(context, vendor, paceOf(context, operation), {
		effect,
		tool,
		tries: replay.tries,
		// What reads may simply be done again.
		earlier: items.map((_, index) => (effect === 'ends' ? replay.recall(index) : undefined)),
		process: async (index, turns) => await processItem(run, index, turns, tool),
		onProcessed(processed) {
			if (!isFailed(processed.outcome)) replay.remember(processed);
		},
		onCanceled: () => undefined,
	});
}

const effects = { get: 'reads', hangUp: 'ends' } as const;

const otherChoice = 'Choose another operation, or another phone system.';

interface Run {
	readonly context: IExecuteFunctions;
	readonly operation: Get | HangUp;
	/** Or why no item can be processed. */
	readonly connection: Connection | Failed;
}

/** The first item sets the pace. An option that cannot be read fails its item. */
function paceOf(context: IExecuteFunctions, operation: Get | HangUp | undefined): RunOptions {
	const read = readRunOptionsOf(context, operation?.fields ?? []);
	return isInvalid(read) ? defaultRunOptions : read;
}

/** Processes one item, from its form to its result; never throws. */
async function processItem(
	run: Run | Failed,
	index: number,
	turns: Turns,
	tool: ToolUse | undefined,
): Promise<Processed> {
	if (isFailed(run)) return processedOf(index, run);
	const { context, operation, connection } = run;
	const { effect } = operation;
	const form = readParameters(context, operation, index);
	if (isInvalid(form)) return processedOf(index, invalidInput(form, effect));
	const known = {
		callId: enteredText(form.callId),
		parties: enteredParties({ from: 'from', to: 'to' }, form),
	};
	const outcomeIs = (outcome: Result, more: Partial<Processed> = {}) =>
		processedOf(index, outcome, { ...known, ...more });
	try {
		const options = readOptions(context, form);
		if (isInvalid(options)) return outcomeIs(invalidInput(options, effect));
		const { includeInput, includeResponse } = options;
		const shown = { includeInput, includeResponse };
		const reference = operation.read(form);
		if (isInvalid(reference)) return outcomeIs(invalidInput(reference, effect), shown);
		const kept =
			(tool?.unreportable && troubleTo(effect, tool.unreportable)) ??
			(effect === 'ends' && tool !== undefined ? checkTool(form) : undefined);
		if (kept !== undefined) return outcomeIs(kept, shown);
		if (isFailed(connection)) return outcomeIs(connection, shown);
		const late = await turns.next();
		if (late !== undefined) return outcomeIs(late, shown);
		const requestedAt = new Date().toISOString();
		const outcome =
			operation.effect === 'reads'
				? await seen(operation, reference, options, connection, turns)
				: await hungUp(operation, reference, connection);
		return outcomeIs(outcome, { ...shown, requestedAt });
	} catch (error) {
		return outcomeIs(troubleTo(effect, explainCrash(error, true)));
	}
}

function readOptions(context: IExecuteFunctions, form: FormValues): ItemOptions | Invalid {
	return checkOptions(form) ?? readItemOptions(optionsOf(form), context.getTimezone());
}

async function seen(
	get: Get,
	reference: object,
	{ wait }: ItemOptions,
	{ send }: Connection,
	{ over }: Turns,
): Promise<Result> {
	const found = await follow(get, reference, wait, { send, over });
	return isExplanation(found) ? troubleTo('reads', found) : { status: 'seen', seen: found };
}

async function hungUp({ end }: HangUp, reference: object, { send }: Connection): Promise<Result> {
	const ending = await converse(end(reference), (request) => send(request, replySeconds));
	return isExplanation(ending) ? troubleTo('ends', ending) : ending.outcome;
}

/** A model may end calls only if a person said so on the form of its tool. */
function checkTool(form: FormValues): Failed | undefined {
	if (optionsOf(form).letAgentHangUp === true) return undefined;
	return failedTo(
		'ends',
		'not_sent',
		'invalid_settings',
		'This tool may not end calls.',
		'To allow it, add the option Let AI Agents Hang Up to the tool.',
	);
}
