import { createHash, randomUUID } from 'crypto';
import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { pause } from '../../wire/exchange/pause';
import { isTagged, reasonOf } from '../../wire/text/values';

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
 * Rows of our own in n8n's de-duplication store, one for each name. They are kept with the workflow and shared by all its
 * executions in all processes. A row has a size; n8n returns nothing else of it.
 */
export interface Rows {
	/** Adds a row of size 1 unless there is one. True: this call added it; of several at the same time, only one gets true. */
	add(name: string): Promise<boolean | Fault>;
	/** Makes the row at least this size, and adds it if there is none. True: this call changed it. */
	raise(name: string, size: number): Promise<boolean | Fault>;
	/** The size of the row; 0 if there is none. Writes nothing. */
	size(name: string): Promise<number | Fault>;
	remove(name: string): Promise<undefined | Fault>;
}

/**
 * The rows of this workflow; undefined if this version of n8n cannot keep any.
 *
 * n8n's store has one row for each workflow and node ID, and adds it by a plain INSERT: of several at the same time, one
 * succeeds. n8n reads the node's ID in its first synchronous step. Nothing else can run during that step, so the node has
 * the ID of our row for as long as it takes.
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

/** The node object whose ID n8n's store reads. If an agent calls a node as a function, the execution's node is the agent. */
function liveNodeOf(context: IExecuteFunctions): INode | undefined {
	const { id, name } = context.getNode();
	const { node } = context as { node?: INode };
	return [context.getExecuteData().node, node].find(
		(candidate) => candidate?.id === id && candidate.name === name,
	);
}

function rowsOfNode({ helpers }: IExecuteFunctions, node: INode): Rows {
	const raise = async (name: string, size: number): Promise<boolean> => {
		const { new: added } = await asRow(node, name, () =>
			helpers.checkProcessedAndRecord(entries(size), 'node', store),
		);
		return added.length > 0;
	};
	const sizeOf = async (name: string): Promise<number> =>
		await asRow(node, name, () => helpers.getProcessedDataCount('node', store));
	const remove = async (name: string): Promise<undefined> => {
		await asRow(node, name, () => helpers.clearAllProcessedItems('node', store));
	};
	/** If two calls add the row at the same time, n8n throws for one of them. The row exists then, so it looks again. */
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
			// A row that is added after the deadline is removed, because its caller has given up.
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

/** Starts `access` with the ID of a row. The node's ID is restored before anything else runs, so nothing here may wait. */
function asRow<Result>(node: INode, name: string, access: () => Promise<Result>): Promise<Result> {
	const { id } = node;
	// A hash fits into n8n's column, whatever the length of the name.
	node.id = `originate-call:${createHash('sha256').update(name).digest('hex')}`;
	try {
		return access();
	} finally {
		node.id = id;
	}
}

/** The results of {@link prove} by kind of context, kept as long as the process runs. */
const proofs = new WeakMap<object, Promise<boolean | Fault>>();

/** Whether this n8n keeps rows as expected. It is tried once, because it depends on the internals of n8n. */
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

/** The answer of the store, or a fault if it throws or takes too long. `afterwards` is called when it takes too long. */
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
