import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { explain, type Explanation } from '../../wire/reply/explanation';
import type { Failed, Result } from '../contract/outcome';
import { messageOf } from './message';

/**
 * How a node reports its outcome to an AI agent. There are two ways: version 3 of the AI Agent node has n8n run the tool
 * like any other node; older agents, and agents that are tools themselves, call it as a function.
 */
export interface ToolUse {
	/** Whether a failure may be thrown. If the tool is called as a function, the model gets an empty text for a thrown error. */
	readonly throws: boolean;
	/** Set if the model would not get the outcome; nothing may be sent then. */
	readonly unreportable: Explanation | undefined;
}

/** Undefined unless an AI agent uses the node. n8n registers a node a second time as a tool, with "Tool" after its name. */
export function toolUseOf(context: IExecuteFunctions): ToolUse | undefined {
	const node = context.getNode();
	if (!node.type.endsWith('Tool')) return undefined;
	// Versions of n8n without `isToolExecution` always call a tool as a function.
	const isCalled =
		typeof context.isToolExecution !== 'function' || context.isToolExecution() === true;
	return {
		throws: !isCalled,
		unreportable: !isCalled && node.onError === 'continueErrorOutput' ? unreportable : undefined,
	};
}

/** With this setting, n8n 2.41.1 gives the model no answer at all. */
const unreportable = explain(
	'not_sent',
	'invalid_settings',
	'With this setting of On Error, the AI agent would not get the outcome of a call.',
	'In the settings of the tool, set On Error to "Continue" or "Stop Workflow".',
);

/** Whether Retry On Fail runs the node again after try number `tried`; the first is 1. */
export function isTriedAgain({ retryOnFail, maxTries = 3 }: INode, tried: number): boolean {
	return retryOnFail === true && tried < Math.min(5, Math.max(2, maxTries));
}

const again = 'Do not call again unless you are asked to.';

/** An instruction to the model; empty if the outcome says enough. */
function instructionFor(outcome: Result): string {
	if (outcome.status !== 'skipped') return instructions[outcome.status];
	return outcome.reason === 'outside_calling_hours' ? 'Do not try again now.' : 'Do not try again.';
}

const instructions: Readonly<Record<Exclude<Result['status'], 'skipped'>, string>> = {
	answered: again,
	accepted: again,
	scheduled: again,
	not_sent: '',
	refused: '',
	not_connected: again,
	seen: '',
	hung_up: '',
	not_found: '',
	unknown: `Report this to the person you work for. ${again}`,
};

/** An outcome in words for a model: the text for people, and an instruction. */
export function messageForModel(outcome: Result): string {
	return [messageOf(outcome), instructionFor(outcome)].filter(Boolean).join(' ');
}

/** A failure with everything in its message, because n8n passes only the message of an error to a model. */
export function failureForModel(failure: Failed): Failed {
	return { ...failure, message: messageForModel(failure), advice: '' };
}
