/**
 * Retry On Fail in a real n8n, which runs the node again with all items: five calls, of which one meets a fault. The
 * phones are counted for every fault, place and setting of On Error; the table of docs/faults.md is made here.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, FaultOptions } from '../simulators/fault.mts';
import { until } from '../until.mts';
import type { N8nClient, WorkflowNode } from './client.mts';
import { blockedAddress, logInToN8n, startNode } from './context.mts';
import type { NodeTest, NodeTestResult } from './context.mts';
import { setUpEnswitch } from './enswitchSetup.mts';
import { projectFolder } from './paths.mts';
import { storeCredential } from './setup.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';

type OnError = NonNullable<WorkflowNode['onError']>;
type Form = Readonly<Record<string, unknown>>;

/** What the vendors' simulators have in common. */
interface Pbx {
	fault(fault: Fault, options?: FaultOptions): void;
	listenAgain(): Promise<void>;
}

/** A simulated vendor for five calls by the generic node. */
interface Stage {
	readonly pbx: Pbx;
	readonly form: Form;
	readonly credentials: NodeTest['credentials'];
	/** Only Switchvox reports that nobody answered. */
	readonly setParty: (number: string, behaviour: 'never' | 'busy') => void;
	/** Accepts no new connection from when this number rings on. */
	readonly refuseWhenRung: (number: string, then: () => void) => void;
	/** The numbers that rang first. */
	readonly rang: () => Promise<readonly string[]>;
	readonly close: () => Promise<void>;
}

interface Case {
	readonly title: string;
	readonly status: 'not_sent' | 'refused' | 'not_connected' | 'unknown';
	/** Whether the affected number rings all the same. */
	readonly rings: boolean;
	/** Brings it about for the call at this place, counted from 0. */
	readonly applyFault: (stage: Stage, place: number, isTriedAgain: boolean) => void | Promise<void>;
	/** The next try fails too. */
	readonly lasts?: true;
	/** Fields to be changed. */
	readonly form?: (number: string) => Form;
	/** All where left out. */
	readonly places?: readonly number[];
	/** It takes long, so the other cases run in the meantime. */
	readonly slow?: true;
	/** It also affects the calls after it, until the next try. */
	readonly spreads?: true;
	/** Of Switchvox only. */
	readonly own?: true;
	/** A row of docs/faults.md; absent where it is one with the row above. */
	readonly row?: string;
}

const numbers = ['101', '102', '103', '104', '105'];
/** The first call, one in the middle, and the last. */
const places = [0, 2, 4];
const onErrors: readonly OnError[] = [
	'stopWorkflow',
	'continueRegularOutput',
	'continueErrorOutput',
];
const wait = 100;

async function stageSwitchvox(client: N8nClient): Promise<Stage> {
	let hear: (line: string) => void = () => undefined;
	const log = (line: string) => {
		hear(line);
	};
	const { pbx, call, close } = await setUpSwitchvox(client, { tls: false, log });
	return {
		pbx,
		refuseWhenRung: (number, then) => {
			hear = (line) => {
				if (!line.startsWith(`ring  ${number} `)) return;
				hear = () => undefined;
				pbx.refuseNew();
				then();
			};
		},
		form: { vendor: 'switchvox', accountType: 'admin', accountId: '1106' },
		credentials: call().credentials,
		setParty: pbx.setParty,
		rang: () =>
			Promise.resolve(
				pbx.rings.filter(({ party }) => party === 'first').map(({ number }) => number),
			),
		close,
	};
}

async function stageEnswitch(client: N8nClient): Promise<Stage> {
	const { pbx, call, close } = await setUpEnswitch(client, { tls: false });
	return {
		pbx,
		form: { vendor: 'enswitch' },
		credentials: call().credentials,
		setParty: pbx.setParty,
		refuseWhenRung: () => undefined,
		rang: async () => {
			await pbx.idle();
			return pbx.rings.filter(({ party }) => party === 'first').map(({ number }) => number);
		},
		close,
	};
}

const once =
	(fault: Fault, times = 1) =>
	({ pbx }: Stage, place: number) => {
		pbx.fault(fault, { times, after: place });
	};

/** From the call at this place on, nobody listens; where the node is tried again, somebody does by the last of its tries. */
const away = ({ refuseWhenRung, pbx }: Stage, place: number, isTriedAgain: boolean) =>
	new Promise<void>((resolve) => {
		refuseWhenRung(numbers[place - 1] ?? '', () => {
			if (!isTriedAgain) {
				resolve();
				return;
			}
			// In the middle: also on a machine that is seconds late, the first try has failed and the third has not begun.
			void pause(longestWaitMs)
				.then(() => pbx.listenAgain())
				.then(resolve);
		});
	});
/** n8n waits no longer between two tries. */
const longestWaitMs = 5000;

const cases: readonly Case[] = [
	{
		title: 'bad input',
		row: 'bad input',
		status: 'not_sent',
		rings: false,
		applyFault: () => undefined,
		lasts: true,
		form: (number) => ({ from: `={{ $json.number === '${number}' ? 'Bob' : $json.number }}` }),
	},
	{
		title: 'a refused connection',
		row: 'a refused connection',
		status: 'not_sent',
		rings: false,
		applyFault: away,
		spreads: true,
		// Nothing shows when the first call starts; see closedDoors.
		places: [1, 2, 4],
		own: true,
	},
	{
		title: 'a redirect',
		row: 'a redirect',
		status: 'not_sent',
		rings: false,
		applyFault: once({ redirect: 'https://other.example/', status: 307 }),
	},
	{
		title: 'HTTP 401, also after signing in again',
		row: 'HTTP 401, 403, 404',
		status: 'refused',
		rings: false,
		// n8n signs in again, and sends once more.
		applyFault: once({ status: 401 }, 2),
		own: true,
	},
	{ title: 'HTTP 403', status: 'refused', rings: false, applyFault: once({ status: 403 }) },
	{ title: 'HTTP 404', status: 'refused', rings: false, applyFault: once({ status: 404 }) },
	{
		title: 'an account that does not exist',
		row: 'a refusal of the vendor, such as an account that does not exist',
		status: 'refused',
		rings: false,
		applyFault: () => undefined,
		lasts: true,
		form: (number) => ({
			accountId: `={{ $json.number === '${number}' ? '999999' : '1106' }}`,
		}),
		own: true,
	},
	{
		title: 'nobody answers',
		row: 'nobody answers',
		status: 'not_connected',
		rings: true,
		applyFault: ({ setParty }, place) => {
			setParty(numbers[place] ?? '', 'never');
		},
		own: true,
	},
	{
		title: 'the first phone is busy',
		row: 'the first phone is busy',
		status: 'not_connected',
		rings: false,
		applyFault: ({ setParty }, place) => {
			setParty(numbers[place] ?? '', 'busy');
		},
		own: true,
	},
	{
		title: 'the connection is cut, nothing rang',
		row: 'the connection is cut after the request was read',
		status: 'unknown',
		rings: false,
		applyFault: once('cut'),
	},
	{
		title: 'the connection is cut, the phone rang',
		row: 'the connection is cut after the phone rang',
		status: 'unknown',
		rings: true,
		applyFault: once('cutAfterRinging'),
	},
	{
		title: 'the connection is cut in the middle of the answer',
		row: 'the connection is cut in the middle of the answer',
		status: 'unknown',
		rings: true,
		applyFault: once('resetMidReply'),
	},
	{
		title: 'no answer, nothing rang',
		row: 'no answer in time, and nothing rang',
		status: 'unknown',
		rings: false,
		applyFault: once('hang'),
		form: () => ({ options: { ringTimeout: 1 } }),
		slow: true,
		own: true,
	},
	{
		title: 'no answer, the phone rang',
		row: 'no answer in time, and the phone rang',
		status: 'unknown',
		rings: true,
		applyFault: once('hangAfterRinging'),
		form: () => ({ options: { ringTimeout: 1 } }),
		slow: true,
		own: true,
	},
	{
		title: 'HTTP 500',
		row: 'HTTP 500, and nothing rang',
		status: 'unknown',
		rings: false,
		applyFault: once({ status: 500 }),
	},
	{
		title: 'HTTP 502, the phone rang',
		row: 'HTTP 502, and the phone rang',
		status: 'unknown',
		rings: true,
		applyFault: once({ status: 502, rings: true }),
	},
	{
		title: 'a web page',
		row: 'a web page, as of a portal in between',
		status: 'unknown',
		rings: false,
		applyFault: once('html'),
	},
	{
		title: 'an answer that ends in the middle',
		row: 'a truncated answer, random bytes, an empty answer',
		status: 'unknown',
		rings: true,
		applyFault: once('truncated'),
	},
	{ title: 'random bytes', status: 'unknown', rings: true, applyFault: once('garbage') },
	{ title: 'an empty answer', status: 'unknown', rings: true, applyFault: once('empty') },
	{
		title: 'an undocumented code',
		row: 'an answer with an undocumented code',
		status: 'unknown',
		rings: true,
		applyFault: once({
			body: '<response><errors><error code="4711" message="New in this version."/></errors></response>',
		}),
		own: true,
	},
];

let client: N8nClient;
const running = new Map<string, Promise<Outcome>>();

beforeAll(async () => {
	client = await logInToN8n();
	for (const one of cases.filter(({ slow }) => slow)) {
		const result = applyFaultEverywhere(stageSwitchvox, one, one.places ?? places);
		// Reported by the test that awaits it.
		result.catch(() => undefined);
		running.set(one.title, result);
	}
});

/** The outcomes of five calls, with a fault for the one at this place. */
interface Course {
	readonly place: number;
	readonly onError: OnError;
	readonly retried: boolean;
	readonly rang: readonly string[];
	readonly result: NodeTestResult;
}

interface Outcome {
	readonly unretried: Course;
	readonly retried: readonly Course[];
}

async function applyFaultEverywhere(
	open: (client: N8nClient) => Promise<Stage>,
	one: Case,
	at: readonly number[],
): Promise<Outcome> {
	const courses = at.flatMap((place) => onErrors.map((onError) => [place, onError] as const));
	const [unretried, ...retried] = await Promise.all([
		applyFault(open, one, 2, 'stopWorkflow', false),
		...courses.map(([place, onError]) => applyFault(open, one, place, onError, true)),
	]);
	return { unretried, retried };
}

async function applyFault(
	open: (client: N8nClient) => Promise<Stage>,
	one: Case,
	place: number,
	onError: OnError,
	retried: boolean,
): Promise<Course> {
	const stage = await open(client);
	try {
		const isTriedAgain = retried && onError === 'stopWorkflow';
		const applied = one.applyFault(stage, place, isTriedAgain);
		const { executionId, end } = await startNode(client, {
			type: 'originateCall',
			parameters: {
				resource: 'call',
				operation: 'originate',
				from: '={{ $json.number }}',
				to: '301',
				...stage.form,
				...one.form?.(numbers[place] ?? ''),
			},
			credentials: stage.credentials,
			items: numbers.map((number) => ({ number })),
			settings: {
				onError,
				retryOnFail: retried,
				maxTries: 3,
				waitBetweenTries: one.spreads ? longestWaitMs : wait,
			},
			limitMs: 100_000,
		});
		const result = await end();
		await applied;
		expect(executionId).toBe(result.execution.id);
		return { place, onError, retried, result, rang: await stage.rang() };
	} finally {
		await stage.close();
	}
}

const sorted = (list: readonly string[]) => [...list].sort();

/** What the package promises about a run. */
function expectNothingTwiceNothingLost(one: Case, course: Course) {
	const { place, onError, retried, rang, result } = course;
	const faulty = numbers[place] ?? '';
	const gets = (count: number) => (count === 0 ? [] : [faulty]);
	const triedAgain = retried && (one.status === 'not_sent' || one.status === 'refused');
	const stops = onError === 'stopWorkflow';
	const succeeds = stops && triedAgain && !one.lasts;
	const isFaulty = (index: number) => index === place || (one.spreads === true && index > place);
	const others = numbers.filter((_, index) => !isFaulty(index) && (!stops || index < place));
	const expected = succeeds ? numbers : [...others, ...gets(Number(one.rings))];
	expect([one.title, course.place, onError, ...sorted(rang)]).toEqual([
		one.title,
		course.place,
		onError,
		...sorted(expected),
	]);

	const results = [...result.items, ...result.failedItems].map(({ json }) => json);
	if (succeeds) {
		expect(result.execution.status).toBe('success');
		expect(results.map(({ status, replayed }) => [placed.has(String(status)), replayed])).toEqual(
			numbers.map((_, index) => [true, index < place]),
		);
		return;
	}
	if (stops) {
		expect(result.execution.status).toBe('error');
		const { failed, others: placedOnes } = result.error?.context?.data as {
			readonly failed: readonly Form[];
			readonly others: readonly Form[];
		};
		expect(failed.map(({ item, status }) => [item, status])).toEqual([[place, one.status]]);
		expect(placedOnes.map(({ item, status }) => [item, placed.has(String(status))])).toEqual(
			others.map((_, index) => [index, true]),
		);
		return;
	}
	expect(result.execution.status).toBe('success');
	const statuses = numbers.flatMap((_, index) => (isFaulty(index) ? [one.status] : []));
	expect(result.failedItems).toHaveLength(onError === 'continueErrorOutput' ? statuses.length : 0);
	const failures = results.filter(({ status }) => !placed.has(String(status)));
	expect(results).toHaveLength(numbers.length);
	expect(failures.map(({ status }) => status)).toEqual(statuses);
}

const placed = new Set(['answered', 'accepted', 'scheduled']);

/** The rows of docs/faults.md: what goes wrong, what is reported, and how often the phone rang without and with retry. */
const table: string[][] = [];
const times = (count: number) => ['no', 'once'][count] ?? `${String(count)} times`;

function addRow(row: string, status: string, without: number, withRetry: number) {
	table.push([row, status, times(without), times(withRetry)]);
}

const ringsOf = (number: string, { rang }: Pick<Course, 'rang'>) =>
	rang.filter((one) => one === number).length;

test.each(cases.map((one) => [one.title, one] as const))('Switchvox: %s', async (title, one) => {
	const outcome = await (running.get(title) ??
		applyFaultEverywhere(stageSwitchvox, one, one.places ?? places));
	const { unretried, retried } = outcome;
	for (const course of [unretried, ...retried]) expectNothingTwiceNothingLost(one, course);
	const same = retried.find(({ place, onError }) => place === 2 && onError === 'stopWorkflow');
	if (one.row === undefined || same === undefined) return;
	addRow(one.row, `\`${one.status}\``, ringsOf('103', unretried), ringsOf('103', same));
});

test.each(cases.filter(({ own, slow }) => !own && !slow).map((one) => [one.title, one] as const))(
	'Enswitch: %s',
	async (_title, one) => {
		const { unretried, retried } = await applyFaultEverywhere(stageEnswitch, one, [0, 3]);
		for (const course of [unretried, ...retried]) expectNothingTwiceNothingLost(one, course);
	},
);

/** A port where nobody listens: the system does not assign it. */
const freePort = '1';

/** What keeps every call from being sent, however often it is tried. */
const closedDoors: Readonly<Record<string, (data: Form) => Form>> = {
	'a refused connection, again': (data) => ({ ...data, baseUrl: `https://127.0.0.1:${freePort}` }),
	'an unknown host': (data) => ({ ...data, baseUrl: 'https://pbx.invalid' }),
	'an untrusted certificate': (data) => ({
		...data,
		caCertificate: '',
	}),
	'https to a server that speaks http': ({ baseUrl, ...data }) => ({
		...data,
		baseUrl: String(baseUrl).replace('http:', 'https:'),
	}),
	"blocked by n8n's network policy": (data) => ({
		...data,
		baseUrl: `https://${blockedAddress}`,
	}),
};

test.each(Object.entries(closedDoors))('Switchvox: %s', async (row, change) => {
	const setup = await setUpSwitchvox(client, { tls: row.includes('certificate') });
	const switchvoxApi = await storeCredential(client, 'switchvoxApi', change(setup.credential));
	const five = { items: numbers.map((number) => ({ number })), credentials: { switchvoxApi } };
	const courses = onErrors.flatMap((onError) =>
		[false, true].map(async (retryOnFail) => {
			const settings = { onError, retryOnFail, maxTries: 2, waitBetweenTries: wait };
			const test = setup.call({ dialFirst: '={{ $json.number }}' }, { ...five, settings });
			const { end } = await startNode(client, test);
			const { execution, items, failedItems, error } = await end();
			if (onError === 'stopWorkflow') {
				expect(execution.status).toBe('error');
				expect(error?.message).toContain('No call was placed.');
				return;
			}
			const results = [...items, ...failedItems].map(({ json }) => json.status);
			expect(results).toEqual(numbers.map(() => 'not_sent'));
		}),
	);
	await Promise.all(courses);
	const rings = setup.firstRings();
	await setup.close();
	expect(rings).toBe(0);
	if (!cases.some((one) => row.startsWith(one.title))) addRow(row, '`not_sent`', rings, rings);
});

test('Switchvox: a cancelled execution is not tried again', async () => {
	const rings = await Promise.all(
		[false, true].map(async (retryOnFail) => {
			const setup = await setUpSwitchvox(client, { tls: false });
			setup.pbx.fault('hangAfterRinging');
			const settings = { retryOnFail, maxTries: 3, waitBetweenTries: wait };
			const test = setup.call({}, { items: [{}, {}], settings });
			const { executionId, end } = await startNode(client, test);
			await until(() => setup.firstRings() > 0);
			await client.stop(executionId);
			const { execution } = await end();
			await pause(2500);
			const count = setup.firstRings();
			await setup.close();
			expect(execution.status).toBe('canceled');
			return count;
		}),
	);
	expect(rings).toEqual([1, 1]);
	addRow('the execution is canceled while the phone rings', 'the execution is _canceled_', 1, 1);
});

/** As prettier aligns it. */
function markdown(rows: readonly (readonly string[])[]): string {
	const head = ['What goes wrong', '`status`', 'The phone rang', 'With Retry On Fail'];
	const widths = head.map((_, column) =>
		Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

test('docs/faults.md has this table (FAULT_TABLE=write writes it)', async () => {
	const file = join(projectFolder, 'docs', 'faults.md');
	const page = await readFile(file, 'utf8');
	const pattern = /(<!-- faults -->\n\n)[^]*?(\n\n<!-- \/faults -->)/;
	const order = ['not_sent', 'refused', 'not_connected', 'unknown', 'canceled'];
	const rank = ([, status = '']: readonly string[]) =>
		order.findIndex((word) => status.includes(word));
	const rows = [...table].sort((a, b) => rank(a) - rank(b));
	const wanted = page.replace(
		pattern,
		(_, start: string, end: string) => start + markdown(rows) + end,
	);
	if (process.env.FAULT_TABLE === 'write') await writeFile(file, wanted);
	else expect(page).toBe(wanted);
	expect(wanted).toContain(rows[0]?.[0]);
});
