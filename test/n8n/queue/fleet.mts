/** n8n in queue mode on this machine: one main process, its workers, PostgreSQL and Redis. */
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageName } from '../paths.mts';
import { folderOfThisRun } from '../processes.mts';
import { startN8n, withoutEditor } from '../server.mts';
import type { N8nServer } from '../server.mts';
import { findPrograms, startPostgres, startRedis } from './services.mts';
import type { Service } from './services.mts';

export interface FleetOptions {
	readonly installPackage: string;
	/** Where n8n is installed; the version that this project pins when left out. */
	readonly installation?: string;
	/** Default 2. */
	readonly workers?: number;
	readonly env?: Readonly<Record<string, string>>;
}

export interface Fleet {
	readonly url: string;
	readonly main: N8nServer;
	readonly postgres: Service;
	readonly redis: Service;
	/** Those that run now. */
	readonly workers: readonly N8nServer[];
	/** One more worker, on a disk of its own. */
	readonly addWorker: () => Promise<N8nServer>;
	/** One more process that takes webhooks, beside main. */
	readonly addWebhookProcessor: () => Promise<N8nServer>;
	/** The worker that took this execution, as its log says; undefined as long as none has. */
	readonly workerOf: (executionId: string) => Promise<N8nServer | undefined>;
	/** Kills a worker, as if its machine were lost. */
	readonly kill: (worker: N8nServer) => Promise<void>;
	/** Asks a worker to end, and gives it this long to finish its work. */
	readonly end: (worker: N8nServer, graceMs: number) => Promise<void>;
	readonly stop: () => Promise<void>;
}

/** Undoes steps, the last one first. If one cannot be undone, the others still are. */
function undoing() {
	const steps: (() => Promise<void>)[] = [];
	return {
		add: (step: () => Promise<void>) => void steps.push(step),
		all: async () => {
			for (const step of steps.splice(0).reverse()) await step().catch(console.error);
		},
	};
}

/** Starts all of it; resolves when main and workers are ready. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
	const programs = await findPrograms();
	// Here, because the user who runs PostgreSQL may not see the project.
	const folder = join(await folderOfThisRun(join(tmpdir(), packageName)), crypto.randomUUID());
	await mkdir(folder, { recursive: true });
	const undo = undoing();
	try {
		const postgres = await startPostgres(programs, folder);
		undo.add(postgres.stop);
		const redis = await startRedis(programs, folder);
		undo.add(redis.stop);
		const env = {
			...withoutEditor,
			N8N_ENCRYPTION_KEY: 'of-the-tests-in-queue-mode',
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '30',
			...options.env,
		};
		const { installPackage, installation } = options;
		const common = { installPackage, installation, env };
		// It makes the tables: alone.
		const main = await startN8n({ ...common, userFolder: join(folder, 'main') });
		undo.add(() => main.stop());

		const workers = new Set<N8nServer>();
		/** In the order of their starts, with those that have ended. */
		const all: N8nServer[] = [];
		undo.add(async () => {
			await Promise.all([...workers].map((worker) => worker.stop()));
		});
		const addWorker = async (): Promise<N8nServer> => {
			const userFolder = join(folder, `worker-${crypto.randomUUID()}`);
			const command = ['worker', '--concurrency=10'] as const;
			const worker = await startN8n({ ...common, userFolder, command });
			workers.add(worker);
			all.push(worker);
			return worker;
		};
		await Promise.all(Array.from({ length: options.workers ?? 2 }, addWorker));
		const addWebhookProcessor = async (): Promise<N8nServer> => {
			const userFolder = join(folder, `webhook-${crypto.randomUUID()}`);
			const processor = await startN8n({ ...common, userFolder, command: ['webhook'] });
			undo.add(() => processor.stop());
			return processor;
		};

		return {
			url: main.url,
			main,
			postgres,
			redis,
			get workers() {
				return [...workers];
			},
			addWorker,
			addWebhookProcessor,
			workerOf: async (executionId) => {
				for (const worker of all) {
					const log = await readFile(worker.logFile, 'utf8');
					if (log.includes(`started execution ${executionId} `)) return worker;
				}
				return undefined;
			},
			kill: async (worker) => {
				workers.delete(worker);
				await worker.kill();
			},
			end: async (worker, graceMs) => {
				workers.delete(worker);
				await worker.stop(graceMs);
			},
			stop: undo.all,
		};
	} catch (error) {
		await undo.all();
		throw error;
	}
}
