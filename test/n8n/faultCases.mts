import type { N8nClient } from './client.mts';
import { logInToN8n, runNode } from './context.mts';
import type { NodeTest } from './context.mts';

type Form = Readonly<Record<string, unknown>>;

/** One thing that goes wrong, or nothing, and what becomes of it. */
export interface FaultCase<Options, System> {
	readonly title: string;
	readonly status: string;
	readonly reason?: string;
	/** Parts of the message and the advice. */
	readonly says: readonly (string | RegExp)[];
	/** How often the first phone rang. */
	readonly rings: 0 | 1;
	/** Of the simulator. */
	readonly options?: Options;
	readonly prepare?: (system: System) => void | Promise<void>;
	readonly credential?: (credential: Form) => Form;
	readonly parameters?: Form;
	/** The data of the one item; a customer by the name of Ann unless given. n8n takes any as pinned data. */
	readonly item?: unknown;
	/** What else has to hold for the system then. */
	readonly after?: (system: System) => void;
	/** No answer comes: the node waits as long as it ever does, and the other cases are run meanwhile. */
	readonly hangs?: true;
}

/** A simulated vendor, and how to call through it. */
export interface FaultBench<System> {
	readonly system: System;
	/** The data of a credential that works. */
	readonly credential: Form;
	/** A test of the node with a credential of this data. */
	readonly test: (data: Form, parameters?: Form, more?: Partial<NodeTest>) => Promise<NodeTest>;
	readonly rings: () => number | Promise<number>;
	readonly close: () => Promise<void>;
}

export interface FaultSuite<Options, System> {
	/** Its id. */
	readonly vendor: string;
	readonly cases: readonly FaultCase<Options, System>[];
	readonly open: (client: N8nClient, options?: Options) => Promise<FaultBench<System>>;
	/** Throws where a secret is in what n8n stored, or more was sent than may be. */
	readonly check: (stored: string, data: Form, system: System) => void;
}

type OnError = 'stopWorkflow' | 'continueErrorOutput';

/**
 * Each case in a real n8n, with On Error = Stop and with an error output: what the workflow is told, and that no phone
 * rang twice. The table is printed, so that it can be read as a whole; the function that is returned adds a row.
 */
export function testFaults<Options, System>({
	vendor,
	cases,
	open,
	check,
}: FaultSuite<Options, System>): (title: string, status: unknown, rings: number) => void {
	type Case = FaultCase<Options, System>;
	let client: N8nClient;
	const table: string[] = [];
	const addRow = (title: string, status: unknown, rings: number) => {
		table.push(`| ${title} | ${String(status)} | ${String(rings)} |`);
	};

	/** The node with one item, on a system and a credential of its own. */
	const strike = async (one: Case, onError: OnError) => {
		const bench = await open(client, one.options);
		try {
			await one.prepare?.(bench.system);
			const data = one.credential?.(bench.credential) ?? bench.credential;
			const settings = { onError };
			const item = (one.item ?? { customer: 'Ann' }) as Form;
			const more = { items: [item], settings, limitMs: 100_000 };
			const result = await runNode(client, await bench.test(data, one.parameters, more));
			check(JSON.stringify(result), data, bench.system);
			one.after?.(bench.system);
			return { ...result, rings: await bench.rings() };
		} finally {
			await bench.close();
		}
	};
	const strikeBoth = async (one: Case) =>
		await Promise.all([strike(one, 'stopWorkflow'), strike(one, 'continueErrorOutput')]);
	const hanging = new Map<Case, ReturnType<typeof strikeBoth>>();

	beforeAll(async () => {
		client = await logInToN8n();
		for (const one of cases.filter(({ hangs }) => hangs)) {
			const both = strikeBoth(one);
			// Told by the test that awaits it.
			both.catch(() => undefined);
			hanging.set(one, both);
		}
	});

	afterAll(() => {
		console.log(['| Fault | Outcome | Rings |', '|---|---|---|', ...table].join('\n'));
	});

	const hangingLast = [...cases].sort((a, b) => Number(a.hangs ?? 0) - Number(b.hangs ?? 0));
	test.each(hangingLast.map((one) => [one.title, one] as const))('%s', async (title, one) => {
		const [stopped, continued] = await (hanging.get(one) ?? strikeBoth(one));
		const [item] = continued.items;
		const [failure] = continued.failedItems;
		addRow(title, (item ?? failure)?.json.status, continued.rings);
		expect([stopped.rings, continued.rings]).toEqual([one.rings, one.rings]);
		if (placed.has(one.status)) {
			expect(stopped.execution.status).toBe('success');
			expect(item?.json.status).toBe(one.status);
			return;
		}
		expect(item).toBeUndefined();
		const input = one.item === undefined ? { customer: 'Ann' } : {};
		expect(failure?.json).toMatchObject({ ...input, vendor, status: one.status });
		if (one.reason !== undefined) expect(failure?.json.reason).toBe(one.reason);
		expect(failure?.json).not.toHaveProperty('error');
		expect(stopped.execution.status).toBe('error');
		const { error } = stopped;
		const thrown = `${error?.message ?? ''} ${error?.description ?? ''}`;
		for (const part of one.says) {
			expect(failure?.json.message).toEqual(expect.stringMatching(literally(part)));
			expect(thrown).toMatch(literally(part));
		}
	});
	return addRow;
}

const placed = new Set(['answered', 'accepted', 'scheduled']);

function literally(part: string | RegExp): RegExp {
	return typeof part === 'string' ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : part;
}
