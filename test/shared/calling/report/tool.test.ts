import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { failed, type SkipReason } from '../../../../nodes/shared/calling/contract/outcome';
import {
	isTriedAgain,
	messageForModel,
	failureForModel,
	toolUseOf,
} from '../../../../nodes/shared/calling/report/tool';

const node = (more: Partial<INode>) => ({ name: 'Node', type: 'package.tiny', ...more }) as INode;

const use = (more: Partial<INode>, isToolExecution?: () => boolean) =>
	toolUseOf({ getNode: () => node(more), isToolExecution } as unknown as IExecuteFunctions);

test('a node is a tool only under its tool name', () => {
	expect(use({}, () => true)).toBeUndefined();
	expect(use({ type: 'package.tinyTool' }, () => false)).toEqual({ throws: true, mute: undefined });
	expect(use({ type: 'package.tinyTool' }, () => true)).toEqual({ throws: false, mute: undefined });
	expect(use({ type: 'package.tinyTool' })).toEqual({ throws: false, mute: undefined });
});

test('an error output hides the answer from the model where n8n runs the tool as a node', () => {
	const tool = { type: 'package.tinyTool', onError: 'continueErrorOutput' } as const;
	expect(use(tool, () => false)?.unreportable).toMatchObject({ status: 'not_sent' });
	expect(use(tool, () => true)?.unreportable).toBeUndefined();
});

test.each([
	[{}, 1, false],
	[{ maxTries: 3 }, 1, false],
	[{ retryOnFail: true }, 2, true],
	[{ retryOnFail: true }, 3, false],
	[{ retryOnFail: true, maxTries: 1 }, 1, true],
	[{ retryOnFail: true, maxTries: 9 }, 4, true],
	[{ retryOnFail: true, maxTries: 9 }, 5, false],
])('n8n tries %j again after try %i: %s', (settings, tried, again) => {
	expect(isTriedAgain(node(settings), tried)).toBe(again);
});

test.each([
	['not_sent', 'What. No call was placed. Advice.'],
	['refused', 'What. No call was placed. Advice.'],
	[
		'not_connected',
		'What. The first phone may have rung. Advice. Do not call again unless you are asked to.',
	],
	[
		'unknown',
		'What. The call may have been placed. Advice. Report this to the person you work for. Do not call again unless you are asked to.',
	],
] as const)('a model gets all of %s as one text', (status, text) => {
	expect(failureForModel(failed(status, 'vendor_refused', 'What.', 'Advice.'))).toMatchObject({
		status,
		message: text,
		advice: '',
	});
});

test('a model gets the outcome of a call, and what to do, in words', () => {
	const call = { callId: null, details: {} };
	const again = 'Do not call again unless you are asked to.';
	expect(messageForModel({ status: 'answered', ...call })).toBe(
		`The call was placed, and the first phone was answered. ${again}`,
	);
	expect(messageForModel({ status: 'accepted', ...call })).toContain(`not known yet. ${again}`);
	expect(messageForModel({ status: 'scheduled', ...call })).toContain(`its delay. ${again}`);
	const skipped = (reason: SkipReason, details = {}) =>
		messageForModel({ status: 'skipped', reason, details });
	expect(skipped('dry_run')).toBe('Not called: this is a dry run. Do not try again.');
	expect(skipped('outside_calling_hours', { clock: 'friday 20:15 in Europe/London' })).toBe(
		'Not called: outside the calling hours (Friday 20:15 in Europe/London). Do not try again now.',
	);
	expect(messageForModel(failed('not_sent', 'host_not_found', 'What.', 'Advice.'))).toBe(
		'What. No call was placed. Advice.',
	);
});
