import { createHash } from 'crypto';
import { sleep, type IExecuteFunctions, type INode } from 'n8n-workflow';

interface Row {
	readonly mode: string;
	readonly data: readonly string[];
}

/** The part of n8n's context that a store needs; several contexts can share one store, as workers do. */
export type StoreContext = Pick<
	IExecuteFunctions,
	'getNode' | 'getExecuteData' | 'getWorkflow' | 'helpers'
>;

/**
 * n8n's deduplication store as in its source (deduplication-helper.js of 2.41.1): it reads a row, waits, and then
 * inserts it, which fails if another has taken the primary key meanwhile, or writes it back as a whole.
 */
export function n8nStore({ workflowId = 'w1' }: { workflowId?: string | undefined } = {}) {
	const rows = new Map<string, Row>();
	const accesses = { reads: 0, writes: 0 };
	const hash = (value: string) => createHash('md5').update(value).digest('base64');
	const contextOf = (scope: string, node: INode) => (scope === 'node' ? `n:${node.id}` : '');
	const find = async (context: string) => {
		accesses.reads++;
		await sleep(1);
		return rows.get(context);
	};
	const insert = async (context: string, row: Row) => {
		await sleep(1);
		accesses.writes++;
		if (rows.has(context)) throw new Error('UNIQUE constraint failed: processed_data.context');
		rows.set(context, row);
	};
	const update = async (context: string, row: Row) => {
		await sleep(1);
		accesses.writes++;
		if (rows.has(context)) rows.set(context, row);
	};

	const helpersOf = (node: INode) => ({
		async checkProcessedAndRecord(items: string[], scope: string, { mode }: { mode: string }) {
			const context = contextOf(scope, node);
			const row = await find(context);
			if (row !== undefined && row.mode !== mode) throw new Error('incompatible setting');
			if (row === undefined) {
				await insert(context, { mode, data: items.map(hash) });
				return { new: items, processed: [] };
			}
			const isNew = (item: string) => !row.data.includes(hash(item));
			await update(context, { mode, data: [...row.data, ...items.filter(isNew).map(hash)] });
			return { new: items.filter(isNew), processed: items.filter((item) => !isNew(item)) };
		},
		async removeProcessed(items: string[], scope: string) {
			const context = contextOf(scope, node);
			const row = await find(context);
			if (row === undefined) return;
			const data = row.data.filter((entry) => !items.map(hash).includes(entry));
			await update(context, { ...row, data });
		},
		async clearAllProcessedItems(scope: string) {
			const context = contextOf(scope, node);
			await sleep(1);
			accesses.writes++;
			rows.delete(context);
		},
		async getProcessedDataCount(scope: string) {
			return (await find(contextOf(scope, node)))?.data.length ?? 0;
		},
	});

	/** A context of its own kind, like n8n's classes: what is found out about one holds for all of its kind. */
	const kind = {};
	const context = (node: INode = nodeOf('node-1')): StoreContext => {
		const own = {
			getNode: () => structuredClone(node),
			getExecuteData: () => ({ node }),
			getWorkflow: () => ({ id: workflowId, active: true }),
			helpers: helpersOf(node),
		};
		return Object.assign(Object.create(kind), own) as StoreContext;
	};
	return {
		context,
		accesses,
		/** How many rows there are. */
		count: () => rows.size,
		/** The values that Remove Duplicates shares with the old way of storing keys. */
		shared: () => rows.get('')?.data ?? [],
		record: (...values: readonly string[]) => {
			rows.set('', { mode: 'entries', data: values.map(hash) });
		},
		helpersOf,
	};
}

export function nodeOf(id: string, name = 'Call'): INode {
	return { id, name, type: 'tiny', typeVersion: 1, position: [0, 0], parameters: {} };
}
