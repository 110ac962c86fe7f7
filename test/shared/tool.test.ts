import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { failed, type Outcome } from '../../nodes/shared/call';
import { isTriedAgain, plainly, tellFailure, toolUseOf } from '../../nodes/shared/tool';

const node = (more: Partial<INode>) => ({ name: 'Node', type: 'package.tiny', ...more }) as INode;

const use = (more: Partial<INode>, isToolExecution?: () => boolean) =>
	toolUseOf({ getNode: () => node(more), isToolExecution } as unknown as IExecuteFunctions);

test('a node is a tool under its second name only', () => {
	expect(use({}, () => true)).toBeUndefined();
	expect(use({ type: 'package.tinyTool' }, () => false)).toEqual({ throws: true, mute: undefined });
	expect(use({ type: 'package.tinyTool' }, () => true)).toEqual({ throws: false, mute: undefined });
	expect(use({ type: 'package.tinyTool' })).toEqual({ throws: false, mute: undefined });
});

test('an error output takes the answer from the model where n8n runs the tool as a node', () => {
	const tool = { type: 'package.tinyTool', onError: 'continueErrorOutput' } as const;
	expect(use(tool, () => false)?.mute).toMatchObject({ status: 'not_sent' });
	expect(use(tool, () => true)?.mute).toBeUndefined();
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
	['not_sent', 'What. Advice.'],
	['refused', 'What. Advice. No call was placed.'],
	[
		'not_connected',
		'What. Advice. The phone may have rung. Do not call again unless you are asked to.',
	],
	[
		'unknown',
		'What. Advice. Tell this to the person you work for. Do not call again unless you are asked to.',
	],
] as const)('a model gets all of %s as one text', (status, text) => {
	expect(tellFailure(failed(status, 'vendor_refused', 'What.', 'Advice.'))).toMatchObject({
		status,
		message: text,
		advice: '',
	});
});

test('a model is told in words what became of a call', () => {
	const told = (outcome: Outcome) => plainly(outcome).split('.', 1)[0];
	const call = { callId: null, details: {} };
	expect(told({ status: 'answered', ...call })).toBe(
		'The call was placed, and the first phone was answered',
	);
	expect(told({ status: 'accepted', ...call })).toBe('The call was placed');
	expect(told({ status: 'scheduled', ...call })).toBe('The call is scheduled and will be placed');
	expect(told({ status: 'skipped', reason: 'dry_run', details: {}, request: {} })).toBe(
		'No call was placed: this was a dry run',
	);
	expect(plainly(failed('unknown', 'connection_lost', 'What.', 'Advice.'))).toBe('What.');
});
