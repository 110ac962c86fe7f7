import type { Contest, Contestant, PhoneSystem } from './contests.mts';
import { itemsOf } from './contests.mts';
import type { BenchN8n, Way } from './n8n.mts';
import { interleave } from './statistics.mts';
import type { Row } from './table.mts';
import { watchTraffic } from './traffic.mts';
import type { Traffic } from './traffic.mts';

/** A way in which a side places the calls. */
interface Course {
	readonly contestant: Contestant;
	readonly way: Way;
}

/** One execution: the node's own time for each call, and what the simulator saw of it. */
interface Trial {
	readonly millisecondsEach: number;
	readonly traffic: Traffic;
}

export interface PerCallOptions {
	readonly items: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

/** HTTP Request sends the next item without waiting for the answer: one at a time it places calls in a loop only. */
const loop = 'HTTP Request in a loop';

/**
 * A call through each vendor, one at a time: the package's node with all items in one run, HTTP Request with n8n's Loop
 * Over Items. Only the node's own time counts, not that of the loop. The vendors take turns, too: n8n becomes faster
 * during its first minutes, and it is a warm one that places calls day by day.
 */
export async function measureCalls(
	n8n: BenchN8n,
	contests: readonly Contest[],
	{ items, repeats, log }: PerCallOptions,
): Promise<readonly Row[]> {
	const sides: Record<string, () => Promise<number>> = {};
	for (const contest of contests) {
		const { ours, theirs } = await trialsOf(n8n, contest, items, {
			ours: { contestant: contest.ours, way: 'once' },
			theirs: { contestant: contest.theirs, way: 'loop' },
		});
		sides[oursOf(contest)] = async () => (await oneAtATime(ours)).millisecondsEach;
		sides[theirsOf(contest)] = async () => (await oneAtATime(theirs)).millisecondsEach;
	}
	const values = await interleave(repeats, sides);
	return contests.map((contest) => {
		const ours = values[oursOf(contest)] ?? [];
		const theirs = values[theirsOf(contest)] ?? [];
		log(`${contest.title}: ${ours.join(', ')} against ${theirs.join(', ')} ms`);
		return {
			id: 'a',
			what: `One call at a time: ${contest.title}`,
			unit: 'ms',
			values: ours,
			other: { what: loop, values: theirs },
			goal: { atMost: contest.atMost },
			isMain: contest.title.startsWith('Switchvox'),
		};
	});
}

const oursOf = ({ title }: Contest): string => `${title}: ours`;
const theirsOf = ({ title }: Contest): string => `${title}: theirs`;

/** The same call, with the loop on both sides, and with as many at once as either side does by itself. */
export async function measureOtherWays(
	n8n: BenchN8n,
	contest: Contest,
	{ items, repeats, log }: PerCallOptions,
): Promise<readonly Row[]> {
	const several = { ...contest.ours.parameters, options: { maxConcurrent: 20 } };
	const trials = await trialsOf(n8n, contest, items, {
		oursInLoop: { contestant: contest.ours, way: 'loop' },
		theirsInLoop: { contestant: contest.theirs, way: 'loop' },
		oursAtOnce: { contestant: { ...contest.ours, parameters: several }, way: 'once' },
		theirsAtOnce: { contestant: contest.theirs, way: 'once' },
	});
	let most = 0;
	const values = await interleave(repeats, {
		oursInLoop: async () => (await oneAtATime(trials.oursInLoop)).millisecondsEach,
		theirsInLoop: async () => (await oneAtATime(trials.theirsInLoop)).millisecondsEach,
		oursAtOnce: async () => (await trials.oursAtOnce()).millisecondsEach,
		theirsAtOnce: async () => {
			const { millisecondsEach, traffic } = await trials.theirsAtOnce();
			most = Math.max(most, traffic.mostAtOnce);
			return millisecondsEach;
		},
	});
	log(`${contest.title}: HTTP Request had up to ${String(most)} calls at once`);
	return [
		{
			id: 'a',
			what: `Both in a loop: ${contest.title}`,
			unit: 'ms',
			values: values.oursInLoop,
			other: { what: loop, values: values.theirsInLoop },
		},
		{
			id: 'a',
			what: `20 calls at once: ${contest.title}`,
			unit: 'ms',
			values: values.oursAtOnce,
			other: { what: 'HTTP Request, which does not wait', values: values.theirsAtOnce },
		},
	];
}

/** The trial of each course, after one of each that is not measured; all courses must send the same request. */
async function trialsOf<Name extends string>(
	n8n: BenchN8n,
	{ system }: Contest,
	items: number,
	courses: Readonly<Record<Name, Course>>,
): Promise<Record<Name, () => Promise<Trial>>> {
	const trials: Record<string, () => Promise<Trial>> = {};
	const sent = new Set<string>();
	for (const [name, course] of Object.entries<Course>(courses)) {
		const trial = await trialOf(n8n, system, course, items);
		trials[name] = trial;
		// Until the compiler is done with it.
		await trial();
		sent.add(JSON.stringify(system.requests.filter(isCall).map(essence)));
	}
	if (sent.size > 1) throw new Error('the sides did not send the same requests');
	return trials as Record<Name, () => Promise<Trial>>;
}

/** An execution with so many items, each of which has to become one item and one call. */
async function trialOf(
	n8n: BenchN8n,
	system: PhoneSystem,
	{ contestant, way }: Course,
	count: number,
): Promise<() => Promise<Trial>> {
	const workflow = await n8n.createWorkflow(contestant, itemsOf(count), way);
	return async () => {
		system.reset();
		const { result, traffic } = await watchTraffic(() => n8n.execute(workflow));
		if (result.items.length !== count || system.calls.length !== count) {
			const [items, calls] = [result.items.length, system.calls.length].map(String);
			throw new Error(`${contestant.type}: ${items ?? ''} items and ${calls ?? ''} calls`);
		}
		return { millisecondsEach: result.milliseconds / count, traffic };
	};
}

type Recorded = PhoneSystem['requests'][number];

/** Neither for a token nor answered with a challenge. */
function isCall({ method, path, status }: Recorded): boolean {
	return method === 'POST' && !path.startsWith('/oauth/') && status !== 401;
}

/** What a vendor reads of a request. */
function essence({ method, path, headers, body }: Recorded): readonly (string | undefined)[] {
	return [method, path, headers['content-type'], headers.accept, body];
}

/** A connection may be closing while the next one opens. */
const oneAtATimeConnections = 2;

async function oneAtATime(trial: () => Promise<Trial>): Promise<Trial> {
	const result = await trial();
	if (result.traffic.mostAtOnce <= oneAtATimeConnections) return result;
	throw new Error(`${String(result.traffic.mostAtOnce)} calls at once, not one`);
}
