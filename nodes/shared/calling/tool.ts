import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { messageOf } from './message';
import { failed, type Failed, type Outcome } from './outcome';

/**
 * How a node that an AI agent uses tells its outcome. There are two ways into it: the AI Agent node of version 3 has
 * n8n run it like any other node; older agents, and agents that are tools themselves, call it as a function.
 */
export interface ToolUse {
	/** An older n8n hands what a tool threw to the model as an empty text. */
	readonly throws: boolean;
	/** Why the model would not get to know the outcome; nothing may be sent then. */
	readonly unreportable: Failed | undefined;
}

/** Undefined where no AI agent uses the node. n8n registers it a second time for that, under its name and this ending. */
export function toolUseOf(context: IExecuteFunctions): ToolUse | undefined {
	const node = context.getNode();
	if (!node.type.endsWith('Tool')) return undefined;
	// An n8n that is older than the function knows only calling.
	const isCalled =
		typeof context.isToolExecution !== 'function' || context.isToolExecution() === true;
	return {
		throws: !isCalled,
		unreportable: !isCalled && node.onError === 'continueErrorOutput' ? unreportable : undefined,
	};
}

/** n8n 2.41.1 gives the model no answer at all then, whatever the tool's outcome was. */
const unreportable = failed(
	'not_sent',
	'invalid_settings',
	'With this setting of On Error, the AI agent would not learn what became of a call.',
	'In the settings of the tool, set On Error to "Continue" or "Stop Workflow".',
);

/** Whether n8n's Retry On Fail runs the node once more after this try, the first being 1. */
export function isTriedAgain({ retryOnFail, maxTries = 3 }: INode, tried: number): boolean {
	return retryOnFail === true && tried < Math.min(5, Math.max(2, maxTries));
}

const again = 'Do not call again unless you are asked to.';

/** What a model is to do about an outcome; empty where the outcome says enough. */
function instructionFor(outcome: Outcome): string {
	if (outcome.status !== 'skipped') return instructions[outcome.status];
	return outcome.reason === 'outside_calling_hours' ? 'Do not try again now.' : 'Do not try again.';
}

const instructions: Readonly<Record<Exclude<Outcome['status'], 'skipped'>, string>> = {
	answered: again,
	accepted: again,
	scheduled: again,
	not_sent: '',
	refused: '',
	not_connected: again,
	unknown: `Tell this to the person you work for. ${again}`,
};

/** An outcome as a model is told it: the text for people, and what to do. */
export function messageForModel(outcome: Outcome): string {
	return [messageOf(outcome), instructionFor(outcome)].filter(Boolean).join(' ');
}

/** A failure whose one text is all that a model is told, because n8n hands only the message of an error to it. */
export function failureForModel(failure: Failed): Failed {
	return { ...failure, message: messageForModel(failure), advice: '' };
}
