import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient, N8nRefusal } from '../client.mts';
import type { StoredExecution, WorkflowData } from '../client.mts';
import { owner } from '../server.mts';

const listenLimitMs = 60_000;
const storeMs = 500;

/** Speaks to any of the versions: where they want something else than the newest one, that is here. */
export class OlderN8nClient extends N8nClient {
	readonly #major: number;
	readonly #minor: number;

	constructor(url: string, version: string) {
		super(url);
		const [major = 0, minor = 0] = version.split('.').map(Number);
		this.#major = major;
		this.#minor = minor;
	}

	#isBefore(major: number, minor: number): boolean {
		return this.#major < major || (this.#major === major && this.#minor < minor);
	}

	/** n8n called itself ready a moment before it knew its own addresses, and took no owner from the environment. */
	override async logIn(email: string, password: string): Promise<void> {
		if (this.#isBefore(2, 20)) {
			await this.#untilItListens();
			const { firstName, lastName } = owner;
			const account = { email, password, firstName, lastName };
			await this.rest('POST', '/owner/setup', account).catch((error: unknown) => {
				// There is one already.
				if (!(error instanceof N8nRefusal)) throw error;
			});
		}
		await super.logIn(email, password);
	}

	async #untilItListens(): Promise<void> {
		for (let waitedMs = 0; waitedMs < listenLimitMs; waitedMs += 200) {
			const missing = await this.rest('GET', '/settings').then(
				() => false,
				(error: unknown) => error instanceof N8nRefusal && error.status === 404,
			);
			if (!missing) return;
			await sleep(200);
		}
	}

	protected override async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
		const creates = method === 'POST' && path === '/workflows';
		return await super.rest(
			method,
			path,
			creates && this.#isBefore(2, 20) ? { active: false, ...(body as WorkflowData) } : body,
		);
	}

	/** For a moment, n8n reports the end of an execution before its data is stored, or answers HTTP 500. */
	protected override async stored(executionId: string): Promise<StoredExecution> {
		const running: StoredExecution = { id: executionId, status: 'running', data: '[]' };
		const look = async () =>
			await super.stored(executionId).catch((error: unknown) => {
				if (error instanceof N8nRefusal && error.status === 500) return running;
				throw error;
			});
		if ((await look()).status === 'running') return running;
		await sleep(storeMs);
		const { data, ...execution } = await look();
		return data === '[]' ? running : { ...execution, data };
	}

	/** n8n was given the workflow with the request, and did not look it up. */
	override async start(workflowId: string, triggerName: string): Promise<string> {
		if (!this.#isBefore(2, 20)) return await super.start(workflowId, triggerName);
		const workflowData = await this.rest('GET', `/workflows/${workflowId}`);
		const { executionId } = await this.rest<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			{ workflowData, triggerToStartFrom: { name: triggerName } },
		);
		return executionId;
	}

	/** n8n answered when the workflow was published, and said nothing of it later. */
	override async publish(id: string): Promise<void> {
		if (!this.#isBefore(2, 41)) {
			await super.publish(id);
			return;
		}
		const { versionId } = await this.rest<{ versionId: string }>('GET', `/workflows/${id}`);
		if (this.#major < 2) await this.rest('PATCH', `/workflows/${id}`, { active: true, versionId });
		else await this.rest('POST', `/workflows/${id}/activate`, { versionId });
	}

	/** As above; n8n 1 had another way. */
	override async unpublish(id: string): Promise<void> {
		if (!this.#isBefore(2, 41)) await super.unpublish(id);
		else if (this.#major < 2) await this.rest('PATCH', `/workflows/${id}`, { active: false });
		else await this.rest('POST', `/workflows/${id}/deactivate`);
	}
}
