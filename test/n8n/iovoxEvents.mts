/** The IOVOX Trigger in a workflow of its own, and calls for it. */
import { setTimeout as pause } from 'node:timers/promises';

import type { CredentialRef, Execution, N8nClient } from './client.mts';
import type { IovoxSetup } from './iovoxSetup.mts';
import type { Form } from './setup.mts';
import { itemsOf, openTrigger, type OpenTrigger } from './trigger.mts';

/** n8n lets one poll time be no shorter than a minute, but there can be several. Each comes twice, at the same moment. */
export const everyFiveSeconds = {
	item: Array.from({ length: 24 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${String((index % 12) * 5)} * * * * *`,
	})),
};
/** Only when the workflow is published, and when n8n starts. */
const yearly = { item: [{ mode: 'custom', cronExpression: '0 0 0 1 1 *' }] };

const lookEveryMs = 200;
/** Long enough for a few polls of a busy machine. */
const limitMs = 120_000;

export async function eventually(hasCome: () => boolean | Promise<boolean>): Promise<void> {
	const started = Date.now();
	while (!(await hasCome())) {
		if (Date.now() - started > limitMs) throw new Error('It has not come about.');
		await pause(lookEveryMs);
	}
}

export interface WatchedCalls extends OpenTrigger {
	/** The sorted IDs of the calls that started the workflow; waits until there are this many. */
	readonly calls: (count: number) => Promise<readonly string[]>;
	readonly ended: () => Promise<readonly Execution[]>;
}

/** In a workflow that is not published yet. */
export async function openIovoxTrigger(
	client: N8nClient,
	iovoxApi: CredentialRef,
	parameters: Form = {},
): Promise<WatchedCalls> {
	const trigger = await openTrigger(client, {
		type: 'iovoxTrigger',
		parameters: {
			pollTimes: yearly,
			linkId: { __rl: true, mode: 'list', value: '' },
			options: {},
			...parameters,
		},
		credentials: { iovoxApi },
	});
	// An execution that has ended stays as it is.
	const known = new Map<string, Execution>();
	const endOf = async (id: string) => {
		const execution = known.get(id) ?? (await client.waitFor(id));
		known.set(id, execution);
		return execution;
	};
	const ended = async () => {
		const ids = await client.executionsOf(trigger.workflowId);
		return await Promise.all(ids.reverse().map(endOf));
	};
	// Simulated time passes so fast that one of two calls at once can begin seconds after the other.
	const calls = async () =>
		(await ended())
			.flatMap(itemsOf)
			.map(({ callId }) => String(callId))
			.sort();
	return {
		...trigger,
		ended,
		calls: async (count) => {
			await eventually(async () => (await calls()).length >= count);
			return await calls();
		},
	};
}

/** Calls from outside that are over, with their records; gives their IDs. */
export async function endedCalls(
	{ pbx }: IovoxSetup,
	count = 1,
	call: Form = {},
): Promise<string[]> {
	const ids = Array.from({ length: count }, () => pbx.take(call).id);
	for (const id of ids) await pbx.live.until(id, ({ phase }) => phase === 'ended');
	// Five simulated seconds.
	await pause(20);
	return ids;
}

/** How often IOVOX was asked for records. */
export const asked = ({ pbx }: IovoxSetup) =>
	pbx.requests.filter(({ path }) => path.startsWith('/Calls?')).length;

/** The trigger polls twice more. */
export async function furtherPolls(setup: IovoxSetup): Promise<void> {
	const before = asked(setup);
	await eventually(() => asked(setup) >= before + 4);
	await pause(400);
}
