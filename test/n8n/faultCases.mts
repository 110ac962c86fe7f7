import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, FaultOptions } from '../simulators/fault.mts';
import { until } from '../until.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, runNode, startNode } from './context.mts';
import type { Form, Setup } from './setup.mts';

/** The functions that every vendor's simulator has. */
export interface FaultSystem {
	fault(fault: Fault | null, options?: FaultOptions): void;
}

/** One fault, or none, and its outcome. */
export interface FaultCase<Options, System> {
	readonly title: string;
	readonly status: string;
	/** The reason of a failure. */
	readonly reason?: string;
	/** Parts of the message and the advice. */
	readonly says: readonly (string | RegExp)[];
	/** The phone rang, the reply was lost, and the call is looked for and found. */
	readonly foundLater?: true;
	/** How often the first phone rings. */
	readonly rings: 0 | 1;
	/** Options of the simulator. */
	readonly options?: Options;
	readonly prepare?: (pbx: System) => void | Promise<void>;
	readonly credential?: (credential: Form) => Form;
	readonly parameters?: Form;
	/** The data of the only item; by default a customer named Ann. n8n accepts anything as pinned data. */
	readonly item?: unknown;
	/** Checks the simulator afterwards. */
	readonly after?: (pbx: System) => void;
	/** No answer comes, so the node waits until its time-out. The other cases run in the meantime. */
	readonly hangs?: true;
}

/** A phone system, a credential that works, and how to call through it with another one. */
export interface FaultSetup<System>
	extends Pick<Setup<System>, 'pbx' | 'credential' | 'callWith' | 'close'> {
	/** How often the first phone rang. */
	readonly firstRings: () => number | Promise<number>;
}

export interface FaultSuite<Options, System> {
	/** The vendor's ID. */
	readonly vendor: string;
	readonly cases: readonly FaultCase<Options, System>[];
	readonly open: (client: N8nClient, options?: Options) => Promise<FaultSetup<System>>;
	/** Throws if n8n stored a secret, or if too much was sent. */
	readonly check: (stored: string, data: Form, pbx: System) => void;
}

type OnError = 'stopWorkflow' | 'continueErrorOutput';

/**
 * Runs each case in a real n8n, with On Error = Stop and with an error output. Checks the workflow's result, and that no
 * phone rang twice. Prints a table of all cases.
 */
export function testFaults<Options, System extends FaultSystem>({
	vendor,
	cases,
	open,
	check,
}: FaultSuite<Options, System>): void {
	type Case = FaultCase<Options, System>;
	let client: N8nClient;
	const table: string[] = [];
	const addRow = (title: string, status: unknown, rings: number) => {
		table.push(`| ${title} | ${String(status)} | ${String(rings)} |`);
	};

	/** The node with one item, with its own phone system and credential. */
	const run = async (one: Case, onError: OnError) => {
		const setup = await open(client, one.options);
		try {
			await one.prepare?.(setup.pbx);
			const data = one.credential?.(setup.credential) ?? setup.credential;
			const settings = { onError };
			const item = (one.item ?? { customer: 'Ann' }) as Form;
			const more = { items: [item], settings, limitMs: 100_000 };
			const result = await runNode(client, await setup.callWith(data, one.parameters, more));
			check(JSON.stringify(result), data, setup.pbx);
			one.after?.(setup.pbx);
			return { ...result, rings: await setup.firstRings() };
		} finally {
			await setup.close();
		}
	};
	const runBoth = async (one: Case) =>
		await Promise.all([run(one, 'stopWorkflow'), run(one, 'continueErrorOutput')]);
	const hanging = new Map<Case, ReturnType<typeof runBoth>>();

	beforeAll(async () => {
		client = await logInToN8n();
		for (const one of cases.filter(({ hangs }) => hangs)) {
			const both = runBoth(one);
			// Reported by the test that awaits it.
			both.catch(() => undefined);
			hanging.set(one, both);
		}
	});

	afterAll(() => {
		console.log(['| Fault | Outcome | Rings |', '|---|---|---|', ...table].join('\n'));
	});

	const hangingLast = [...cases].sort((a, b) => Number(a.hangs ?? 0) - Number(b.hangs ?? 0));
	test.each(hangingLast.map((one) => [one.title, one] as const))('%s', async (title, one) => {
		const [stopped, continued] = await (hanging.get(one) ?? runBoth(one));
		const [item] = continued.items;
		const [failure] = continued.failedItems;
		addRow(title, (item ?? failure)?.json.status, continued.rings);
		expect([stopped.rings, continued.rings]).toEqual([one.rings, one.rings]);
		if (placed.has(one.status)) {
			expect(stopped.execution.status).toBe('success');
			// A call that was looked for may have been answered by then.
			const expected = one.foundLater === true ? ['accepted', 'answered'] : [one.status];
			expect(expected).toContain(item?.json.status);
			return;
		}
		expect(item).toBeUndefined();
		const input = one.item === undefined ? { customer: 'Ann' } : {};
		expect(failure?.json).toMatchObject({ ...input, vendor, status: one.status });
		expect(failure?.json.reason).toBe(one.reason);
		expect(failure?.json).not.toHaveProperty('error');
		expect(stopped.execution.status).toBe('error');
		const { error } = stopped;
		const thrown = `${error?.message ?? ''} ${error?.description ?? ''}`;
		for (const part of one.says) {
			expect(failure?.json.message).toEqual(expect.stringMatching(literally(part)));
			expect(thrown).toMatch(literally(part));
		}
	});

	test('a canceled execution: the call in flight rings once, and no other call is placed', async () => {
		const setup = await open(client);
		try {
			setup.pbx.fault('hangAfterRinging');
			const call = await setup.callWith(setup.credential, {}, { items: [{}, {}] });
			const { executionId, end } = await startNode(client, call);
			await until(async () => (await setup.firstRings()) > 0);
			await client.stop(executionId);
			const { execution } = await end();
			// A phone could still ring.
			await pause(1500);
			const rings = await setup.firstRings();
			addRow('the execution is cancelled while the phone rings', execution.status, rings);
			expect([execution.status, rings]).toEqual(['canceled', 1]);
		} finally {
			await setup.close();
		}
	});
}

const placed = new Set(['answered', 'accepted', 'scheduled']);

function literally(part: string | RegExp): RegExp {
	return typeof part === 'string' ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : part;
}
