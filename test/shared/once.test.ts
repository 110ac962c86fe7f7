import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { failed, type Outcome } from '../../nodes/shared/call';
import { placeOnce } from '../../nodes/shared/once';

const saved = { getWorkflow: () => ({ id: 'w1' }) };

/** n8n's store as its source has it: a read and a write, with time in between. */
function storeOf() {
	let data: string[] = [];
	const pause = async () => await sleep(1);
	const helpers = {
		async checkProcessedAndRecord(items: string[], scope: string, options: object) {
			expect([scope, options]).toEqual(['workflow', { mode: 'entries', maxEntries: 100_000 }]);
			const read = [...data];
			await pause();
			const isNew = (item: string) => !read.includes(item);
			data = [...read, ...items.filter(isNew)];
			return { new: items.filter(isNew), processed: items.filter((item) => !isNew(item)) };
		},
		async removeProcessed(items: string[]) {
			const read = [...data];
			await pause();
			data = read.filter((item) => !items.includes(item));
		},
	};
	const overwrite = (entries: string[]) => {
		data = entries;
	};
	return {
		context: { ...saved, helpers } as unknown as IExecuteFunctions,
		kept: (): readonly string[] => data,
		overwrite,
	};
}

const accepted: Outcome = { status: 'accepted', callId: null, details: {} };
const outcomeOf = (status: 'not_sent' | 'refused' | 'not_connected' | 'unknown') =>
	failed(status, 'vendor_refused', 'What happened.', 'What to do.');

test('the second call with a key is skipped', async () => {
	const { context } = storeOf();
	const place = jest.fn(async () => accepted);
	expect(await placeOnce(context, 'ticket 7', place)).toBe(accepted);
	expect(await placeOnce(context, 'ticket 7', place)).toEqual({
		status: 'skipped',
		reason: 'duplicate',
		details: { onceKey: 'ticket 7' },
	});
	expect(await placeOnce(context, 'ticket 8', place)).toBe(accepted);
	expect(await placeOnce(context, undefined, place)).toBe(accepted);
	expect(place).toHaveBeenCalledTimes(3);
});

test.each([
	['not_sent', 2],
	['refused', 2],
	['not_connected', 2],
	['unknown', 1],
] as const)('after %s, a second try places %i calls', async (status, calls) => {
	const { context } = storeOf();
	const place = jest.fn(async () => outcomeOf(status));
	await placeOnce(context, 'k', place);
	await placeOnce(context, 'k', place);
	expect(place).toHaveBeenCalledTimes(calls);
});

test('the key is recorded before the call', async () => {
	const { context, kept } = storeOf();
	await placeOnce(context, 'k', async () => {
		expect(kept()).toEqual(['originate-call k']);
		return accepted;
	});
});

test('of many at the same time in one process, one is placed and no key is lost', async () => {
	const { context, kept } = storeOf();
	const place = jest.fn(async () => accepted);
	const keys = Array.from({ length: 30 }, (_, index) => `k${index % 10}`);
	await Promise.all(keys.map(async (key) => await placeOnce(context, key, place)));
	expect(place).toHaveBeenCalledTimes(10);
	expect(kept()).toHaveLength(10);
});

test.each([
	['throws', () => Promise.reject(new Error('database is locked')), 'database is locked'],
	['says nothing', async () => ({ new: [], processed: [] }), 'does not say whether it is new'],
])('a store that %s: nothing is placed', async (_, checkProcessedAndRecord, why) => {
	const helpers = { checkProcessedAndRecord };
	const context = { ...saved, helpers } as unknown as IExecuteFunctions;
	const place = jest.fn(async () => accepted);
	expect(await placeOnce(context, 'k', place)).toMatchObject({
		status: 'not_sent',
		message: expect.stringContaining(why),
		advice: expect.stringContaining('save it first'),
	});
	expect(place).not.toHaveBeenCalled();
});

test('a key that cannot be taken back is told', async () => {
	const { context } = storeOf();
	context.helpers.removeProcessed = async () => await Promise.reject(new Error('gone'));
	expect(await placeOnce(context, 'k', async () => outcomeOf('refused'))).toMatchObject({
		status: 'refused',
		advice:
			'What to do. The once key could not be taken back in n8n (gone): use another one to call again.',
	});
});

test('a workflow that is not saved keeps no key: nothing is placed', async () => {
	const { context } = storeOf();
	const place = jest.fn(async () => accepted);
	const unsaved = { ...context, getWorkflow: () => ({ id: undefined }) };
	expect(await placeOnce(unsaved as unknown as IExecuteFunctions, 'k', place)).toMatchObject({
		status: 'not_sent',
		message: expect.stringContaining('(the workflow is not saved). No call was placed.'),
	});
	expect(place).not.toHaveBeenCalled();
});

test('a key that another process overwrote during the call is recorded again', async () => {
	const { context, kept, overwrite } = storeOf();
	await placeOnce(context, 'k', async () => {
		overwrite(['of the other process']);
		return accepted;
	});
	expect(kept()).toEqual(['of the other process', 'originate-call k']);
});
