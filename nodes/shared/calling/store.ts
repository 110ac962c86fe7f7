import { createHash, randomUUID } from 'crypto';
import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { isTagged, reasonOf } from '../wire/values';
import { pause } from './pause';

/** A request that the store did not carry out. */
export interface Fault {
	readonly kind: 'fault';
	/** For the inside of parentheses. */
	readonly why: string;
}

export function isFault(answer: unknown): answer is Fault {
	return isTagged(answer, 'fault');
}

function fault(why: string): Fault {
	return { kind: 'fault', why };
}

/**
 * Rows of our own in n8n's de-duplication store, one for each name. They are kept with the workflow, and shared by all
 * its executions, in whatever process. A row has a size; n8n gives nothing else of it back.
 */
export interface Rows {
	/** Adds a row of size 1 unless there is one. True: this call added it, and no other call in any process did. */
	add(name: string): Promise<boolean | Fault>;
	/** Gives the row this size at least, whether it is there or not. */
	raise(name: string, size: number): Promise<boolean | Fault>;
	/** 0 where there is no row. Writes nothing. */
	size(name: string): Promise<number | Fault>;
	remove(name: string): Promise<undefined | Fault>;
}

/**
 * Undefined where this n8n keeps no rows of our own.
 *
 * n8n's store has one row for each workflow and node ID, and adds a row by a plain INSERT: of many at once, one
 * succeeds. It reads the node's ID before it first waits, so that for the time of that one step, which nothing else can
 * come between, the node has the ID of our row.
 */
export async function rowsOf(context: IExecuteFunctions): Promise<Rows | Fault | undefined> {
	if (!context.getWorkflow().id) return fault('the workflow is not saved');
	const node = liveNodeOf(context);
	if (node === undefined) return undefined;
	const rows = rowsOfNode(context, node);
	const holds = await isProven(context, rows);
	if (isFault(holds)) return holds;
	return holds ? rows : undefined;
}

/** The node whose ID n8n's store reads: where an agent calls a node as a function, the execution's own is the agent. */
function liveNodeOf(context: IExecuteFunctions): INode | undefined {
	const { id, name } = context.getNode();
	const { node } = context as { node?: INode };
	return [context.getExecuteData().node, node].find(
		(candidate) => candidate?.id === id && candidate.name === name,
	);
}

function rowsOfNode({ helpers }: IExecuteFunctions, node: INode): Rows {
	const raise = async (name: string, size: number): Promise<boolean> => {
		const { new: added } = await as(node, name, () =>
			helpers.checkProcessedAndRecord(entries(size), 'node', store),
		);
		return added.length > 0;
	};
	const sizeOf = async (name: string): Promise<number> =>
		await as(node, name, () => helpers.getProcessedDataCount('node', store));
	const remove = async (name: string): Promise<undefined> => {
		await as(node, name, () => helpers.clearAllProcessedItems('node', store));
	};
	/** Of two that add the row at once, one gets to know by an exception: for it, the row is there now. */
	const raiseAmongOthers = async (name: string, size: number): Promise<boolean> => {
		try {
			return await raise(name, size);
		} catch {
			return (await sizeOf(name)) >= size ? false : await raise(name, size);
		}
	};
	return {
		async add(name) {
			const adding = raiseAmongOthers(name, 1);
			// Nobody counts on a row that is added after the time: it must not keep the next one out.
			const undo = async () => {
				if (await adding) await remove(name);
			};
			return await inTime(adding, undo);
		},
		raise: async (name, size) => await inTime(raiseAmongOthers(name, size)),
		size: async (name) => await inTime(sizeOf(name)),
		remove: async (name) => await inTime(remove(name)),
	};
}

const store = { mode: 'entries' } as const;

const entries = (size: number) => Array.from({ length: size }, (_, index) => String(index));

/** Starts this access as another node. The ID is back before anything else runs: so no `async`, and nothing awaited. */
function as<Result>(node: INode, name: string, access: () => Promise<Result>): Promise<Result> {
	const { id } = node;
	// Whatever a name holds, it fits into n8n's column.
	node.id = `originate-call:${createHash('sha256').update(name).digest('hex')}`;
	try {
		return access();
	} finally {
		node.id = id;
	}
}

/** By kind of context, for the life of the process. */
const proofs = new WeakMap<object, Promise<boolean | Fault>>();

/** Whether n8n keeps rows under the names given to it, tried out once: its inside is no promise. */
async function isProven(context: IExecuteFunctions, rows: Rows): Promise<boolean | Fault> {
	const kind = Object.getPrototypeOf(context) as object;
	const proof = proofs.get(kind) ?? prove(rows);
	proofs.set(kind, proof);
	const holds = await proof;
	if (isFault(holds)) proofs.delete(kind);
	return holds;
}

async function prove(rows: Rows): Promise<boolean | Fault> {
	const [name, other] = [`trial ${randomUUID()}`, `trial ${randomUUID()}`];
	const answers = [
		await rows.size(name),
		await rows.raise(name, 2),
		await rows.raise(name, 2),
		await rows.size(name),
		await rows.size(other),
		await rows.remove(name),
		await rows.size(name),
	];
	const expected = [0, true, false, 2, 0, undefined, 0];
	return answers.find(isFault) ?? answers.every((answer, index) => answer === expected[index]);
}

const deadlineSeconds = 10;

/** What the store answered; a store that does not answer in time is left alone, with `afterwards` to follow. */
export async function inTime<Result>(
	access: Promise<Result>,
	afterwards: () => Promise<void> = async () => undefined,
): Promise<Result | Fault> {
	const answered = new AbortController();
	const late = async () => {
		await pause(deadlineSeconds * 1000, answered.signal);
		return answered;
	};
	try {
		const answer = await Promise.race([access, late()]);
		if (answer !== answered) return answer as Result;
		afterwards().catch(() => undefined);
		return fault(`n8n's store did not answer within ${deadlineSeconds} seconds`);
	} catch (error) {
		return fault(reasonOf(error));
	} finally {
		answered.abort();
	}
}
