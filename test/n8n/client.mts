import { setTimeout as sleep } from 'node:timers/promises';
import { unflatten } from './flatted.mts';

const requestLimitMs = 120_000;

export interface CredentialData {
	readonly name: string;
	readonly type: string;
	readonly data: Readonly<Record<string, unknown>>;
}

export interface CredentialRef {
	readonly id: string;
	readonly name: string;
}

export interface WorkflowNode {
	readonly id?: string;
	readonly name: string;
	readonly type: string;
	readonly typeVersion: number;
	readonly position: readonly [number, number];
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credentials?: Readonly<Record<string, CredentialRef>>;
	readonly onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	readonly retryOnFail?: boolean;
	readonly maxTries?: number;
	readonly waitBetweenTries?: number;
	readonly executeOnce?: boolean;
	readonly alwaysOutputData?: boolean;
	/** For a webhook. Without it, older versions of n8n use another address. */
	readonly webhookId?: string;
}

export interface Connection {
	readonly node: string;
	readonly type: string;
	readonly index: number;
}

export interface WorkflowData {
	readonly name: string;
	readonly nodes: readonly WorkflowNode[];
	readonly connections: Readonly<
		Record<string, Record<string, readonly (readonly Connection[])[]>>
	>;
	readonly settings?: Readonly<Record<string, unknown>>;
	/** Output of nodes, by name, used instead of running them. */
	readonly pinData?: Readonly<Record<string, readonly { readonly json: object }[]>>;
	/** The ids of its tags. */
	readonly tags?: readonly string[];
}

/** An n8n error as it is stored with an execution. */
export interface StoredError {
	readonly name?: string;
	readonly message: string;
	readonly description?: string | null;
	readonly httpCode?: string | null;
	readonly messages?: readonly string[];
	readonly context?: Readonly<Record<string, unknown>>;
	readonly [key: string]: unknown;
}

/** A file that an item has; its bytes are with n8n. */
export interface ItemFile {
	readonly id: string;
	readonly fileName?: string;
	readonly mimeType: string;
}

export interface Item {
	readonly json: Readonly<Record<string, unknown>>;
	readonly binary?: Readonly<Record<string, ItemFile>>;
	readonly error?: StoredError;
	readonly pairedItem?: unknown;
}

export interface NodeRun {
	readonly status: string;
	readonly error?: StoredError;
	/** Items by output; the error output, if there is one, is the last. */
	readonly outputs: readonly (readonly Item[])[];
	readonly milliseconds: number;
}

export interface Execution {
	readonly id: string;
	/** In n8n's words: success, error, canceled, crashed. */
	readonly status: string;
	readonly error?: StoredError;
	readonly lastNode?: string;
	/** A node that did not run is missing; one in a loop has several runs. */
	readonly nodes: Readonly<Record<string, readonly NodeRun[]>>;
}

export interface ListQuery {
	readonly nodeType: string;
	readonly typeVersion?: number;
	/** As in the node's description, e.g. searchAccounts. */
	readonly methodName: string;
	/** The field's name after "parameters.". */
	readonly field: string;
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credentials: Readonly<Record<string, CredentialRef>>;
	readonly filter?: string;
	readonly paginationToken?: string | number;
}

export interface ListPage {
	readonly results: readonly { readonly name: string; readonly value: string | number }[];
	readonly paginationToken?: unknown;
}

/** The parts of a node type that tests read; the index signature covers the rest of its description. */
export interface NodeType {
	readonly name: string;
	readonly displayName: string;
	readonly version: number | readonly number[];
	readonly properties: readonly NodeProperty[];
	readonly [key: string]: unknown;
}

export interface NodeProperty {
	readonly displayName: string;
	readonly name: string;
	readonly type: string;
	readonly options?: readonly NodeProperty[];
	readonly [key: string]: unknown;
}

/** n8n answered a request of this client with a refusal. */
export class N8nRefusal extends Error {
	override name = 'N8nRefusal';
	readonly status: number;
	constructor(request: string, status: number, text: string) {
		super(`${request} was answered ${String(status)}: ${text.slice(0, 500)}`);
		this.status = status;
	}
}

/** How it stands with a workflow's triggers. */
interface Publication {
	readonly status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	readonly triggers?: readonly { readonly errorMessage: string | null }[];
}

interface StoredRun {
	readonly executionStatus?: string;
	readonly executionTime?: number;
	readonly error?: StoredError;
	readonly data?: { readonly main?: readonly (readonly Item[] | null)[] };
}

interface StoredResult {
	readonly error?: StoredError;
	readonly lastNodeExecuted?: string;
	readonly runData?: Readonly<Record<string, readonly StoredRun[]>>;
}

export interface StoredExecution {
	readonly id: string;
	readonly status: string;
	readonly data: string;
}

function runOf(run: StoredRun): NodeRun {
	return {
		status: run.executionStatus ?? 'unknown',
		error: run.error,
		outputs: (run.data?.main ?? []).map((items) => items ?? []),
		milliseconds: run.executionTime ?? 0,
	};
}

function executionOf(stored: StoredExecution): Execution {
	const { resultData } = unflatten(stored.data) as { resultData?: StoredResult };
	const runs = Object.entries(resultData?.runData ?? {});
	return {
		id: stored.id,
		status: stored.status,
		error: resultData?.error,
		lastNode: resultData?.lastNodeExecuted,
		nodes: Object.fromEntries(runs.map(([name, list]) => [name, list.map(runOf)])),
	};
}

const unfinished = new Set(['new', 'running', 'waiting']);

/** Talks to n8n as the editor does: over its internal REST API, with a session. */
export class N8nClient {
	readonly url: string;
	#cookie = '';

	constructor(url: string) {
		this.url = url;
	}

	async #send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.#cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(requestLimitMs),
		});
		if (!response.ok) {
			throw new N8nRefusal(`${method} ${path}`, response.status, await response.text());
		}
		return response;
	}

	protected async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.#send(method, `/rest${path}`, body);
		const { data } = (await response.json()) as { data: T };
		return data;
	}

	async logIn(email: string, password: string): Promise<void> {
		const body = { emailOrLdapLoginId: email, password };
		const response = await this.#send('POST', '/rest/login', body);
		this.#cookie = response.headers
			.getSetCookie()
			.map((cookie) => cookie.split(';', 1)[0])
			.join('; ');
	}

	async createCredential(credential: CredentialData): Promise<CredentialRef> {
		const { id, name } = await this.rest<CredentialRef>('POST', '/credentials', credential);
		return { id, name };
	}

	/** Creates the credential, or updates the one with the same name and type. */
	async putCredential(credential: CredentialData): Promise<CredentialRef> {
		const all = await this.rest<(CredentialRef & { type: string })[]>('GET', '/credentials');
		const known = all.find(
			({ name, type }) => name === credential.name && type === credential.type,
		);
		if (!known) return await this.createCredential(credential);
		await this.rest('PATCH', `/credentials/${known.id}`, credential);
		return { id: known.id, name: known.name };
	}

	/** The id of the tag with this name, which is created if it is missing. */
	async putTag(name: string): Promise<string> {
		const all = await this.rest<{ id: string; name: string }[]>('GET', '/tags');
		const known = all.find((tag) => tag.name === name);
		const { id } = known ?? (await this.rest<{ id: string }>('POST', '/tags', { name }));
		return id;
	}

	async deleteCredential(id: string): Promise<void> {
		await this.rest('DELETE', `/credentials/${id}`);
	}

	/** Tests credential data that may be unsaved, as the editor's "Test" does. */
	async testCredential(credential: CredentialData): Promise<{ status: string; message: string }> {
		return await this.rest('POST', '/credentials/test', {
			credentials: { id: '', ...credential },
		});
	}

	async createWorkflow(workflow: WorkflowData): Promise<string> {
		const settings = { executionOrder: 'v1', ...workflow.settings };
		const { id } = await this.rest<{ id: string }>('POST', '/workflows', {
			...workflow,
			settings,
		});
		return id;
	}

	/** A workflow as n8n stores it; its tags have their names. */
	async readWorkflow(
		id: string,
	): Promise<Omit<WorkflowData, 'tags'> & { readonly tags: readonly { readonly name: string }[] }> {
		return await this.rest('GET', `/workflows/${id}`);
	}

	/** Saves a changed workflow, as the editor does; what is published stays as it was. */
	async updateWorkflow(
		id: string,
		change: (nodes: readonly WorkflowNode[]) => readonly WorkflowNode[],
	): Promise<void> {
		const { nodes, connections, versionId } = await this.rest<
			WorkflowData & { readonly versionId: string }
		>('GET', `/workflows/${id}`);
		await this.rest('PATCH', `/workflows/${id}`, { nodes: change(nodes), connections, versionId });
	}

	/** Creates the workflow and deletes those of the same name, with what n8n stores for them, such as once keys. */
	async replaceWorkflow(workflow: WorkflowData): Promise<string> {
		const filter = encodeURIComponent(JSON.stringify({ name: workflow.name }));
		const found = await this.rest<{ id: string; name: string }[]>(
			'GET',
			`/workflows?filter=${filter}`,
		);
		// The filter also matches parts of names.
		for (const { id, name } of found) if (name === workflow.name) await this.deleteWorkflow(id);
		return await this.createWorkflow(workflow);
	}

	async deleteWorkflow(id: string): Promise<void> {
		const { isArchived } = await this.rest<{ isArchived: boolean }>('GET', `/workflows/${id}`);
		if (!isArchived) await this.rest('POST', `/workflows/${id}/archive`);
		const deleted = await ask(requestLimitMs, async () => {
			try {
				await this.rest('DELETE', `/workflows/${id}`);
				return true;
			} catch (error) {
				// n8n unpublishes in the background, and refuses to delete the workflow before that.
				if (error instanceof N8nRefusal && error.status === 409) return undefined;
				throw error;
			}
		});
		if (!deleted)
			throw new Error(`Workflow ${id} was not deleted in ${String(requestLimitMs)} ms.`);
	}

	/** Activates the workflow's triggers: webhooks, schedules, polls, connections. Throws with what n8n says if one does not start. */
	async publish(id: string): Promise<void> {
		const { versionId } = await this.rest<{ versionId: string }>('GET', `/workflows/${id}`);
		await this.rest('POST', `/workflows/${id}/activate`, { versionId });
		const { status, triggers = [] } = await this.#publicationOf(id);
		if (status === 'published') return;
		const why = triggers.map(({ errorMessage }) => errorMessage ?? '').join(' ');
		throw new Error(`Workflow ${id} is ${status}. ${why}`.trim());
	}

	/** Ends the workflow's triggers. */
	async unpublish(id: string): Promise<void> {
		await this.rest('POST', `/workflows/${id}/deactivate`);
		const { status } = await this.#publicationOf(id);
		if (status !== 'not_published') throw new Error(`Workflow ${id} is ${status}.`);
	}

	/** How it stands with a workflow's triggers once n8n has started or ended them. */
	async #publicationOf(id: string): Promise<Publication> {
		const path = `/workflows/${id}/publication-status`;
		const found = await ask(requestLimitMs, async () => {
			const answer = await this.rest<Publication>('GET', path);
			return answer.status === 'in_progress' ? undefined : answer;
		});
		if (found !== undefined) return found;
		throw new Error(`n8n did not settle workflow ${id} in ${String(requestLimitMs)} ms.`);
	}

	/** Starts a manual execution at this trigger; returns the execution's id. */
	async start(workflowId: string, triggerName: string): Promise<string> {
		const body = { triggerToStartFrom: { name: triggerName } };
		const { executionId } = await this.rest<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			body,
		);
		return executionId;
	}

	/** Sends a message to a workflow with a chat trigger, as the editor's chat does; returns the execution that it starts. */
	async startChat(
		workflowId: string,
		triggerName: string,
		message: { readonly sessionId: string; readonly chatInput: string },
	): Promise<{ readonly executionId: string; readonly resumeToken?: string }> {
		const { sessionId } = message;
		const body = { triggerToStartFrom: { name: triggerName }, chatSessionId: sessionId };
		await this.rest('POST', `/workflows/${workflowId}/run`, body);
		const path = `/webhook-test/${workflowId}/${sessionId}`;
		const response = await this.#send('POST', path, { action: 'sendMessage', ...message });
		return (await response.json()) as { executionId: string; resumeToken?: string };
	}

	/** Waits for one event at the test address of this trigger, as the editor's "Listen for test event" does. */
	async listen(workflowId: string, triggerName: string): Promise<void> {
		const body = { triggerToStartFrom: { name: triggerName } };
		const path = `/workflows/${workflowId}/run`;
		const { waitingForWebhook } = await this.rest<{ waitingForWebhook?: boolean }>(
			'POST',
			path,
			body,
		);
		if (waitingForWebhook !== true) throw new Error('n8n does not listen.');
	}

	/** The ids of a workflow's latest 100 executions, latest first. */
	async executionsOf(workflowId: string): Promise<string[]> {
		// Without a status, n8n joins two lists, and one that ends in between is in both or in none.
		const status = ['new', 'running', 'waiting', 'success', 'error', 'canceled', 'crashed'];
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
		const { results } = await this.rest<{ results: { id: string }[] }>(
			'GET',
			`/executions?limit=100&filter=${filter}`,
		);
		return results.map(({ id }) => id);
	}

	/** The same, as soon as there are at least this many. */
	async executionsWhen(workflowId: string, count: number): Promise<string[]> {
		const found = await ask(requestLimitMs, async () => {
			const ids = await this.executionsOf(workflowId);
			return ids.length < count ? undefined : ids;
		});
		if (found !== undefined) return found;
		throw new Error(`Workflow ${workflowId} was not executed ${String(count)} times in time.`);
	}

	/** The text of a file that a workflow created. */
	async readFile({ id }: ItemFile): Promise<string> {
		const response = await this.#send(
			'GET',
			`/rest/binary-data?action=view&id=${encodeURIComponent(id)}`,
		);
		return await response.text();
	}

	protected async stored(executionId: string): Promise<StoredExecution> {
		return await this.rest('GET', `/executions/${executionId}`);
	}

	/** Undefined while n8n is too busy to answer: right after many items, its database can be unavailable for a moment. */
	async #storedUnlessBusy(executionId: string): Promise<StoredExecution | undefined> {
		try {
			return await this.stored(executionId);
		} catch (error) {
			if (error instanceof N8nRefusal && error.status === 503) return undefined;
			throw error;
		}
	}

	/** Waits for the end of an execution; stops it and throws if it takes too long. */
	async waitFor(executionId: string, limitMs = 120_000): Promise<Execution> {
		const execution = await ask(limitMs, async () => {
			const stored = await this.#storedUnlessBusy(executionId);
			return stored === undefined || unfinished.has(stored.status)
				? undefined
				: executionOf(stored);
		});
		if (execution !== undefined) return execution;
		await this.stop(executionId);
		throw new Error(`Execution ${executionId} did not end in ${String(limitMs)} ms.`);
	}

	async execute(workflowId: string, triggerName: string, limitMs?: number): Promise<Execution> {
		return await this.waitFor(await this.start(workflowId, triggerName), limitMs);
	}

	/** "Retry" in the list of executions: a new execution, from the node that failed on; returns its id. */
	async retry(executionId: string): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', `/executions/${executionId}/retry`, {
			loadWorkflow: false,
		});
		return id;
	}

	async stop(executionId: string): Promise<void> {
		await this.rest('POST', `/executions/${executionId}/stop`);
	}

	/** One page of a resource locator's list. */
	async list(query: ListQuery): Promise<ListPage> {
		return await this.rest('POST', '/dynamic-node-parameters/resource-locator-results', {
			path: `parameters.${query.field}`,
			methodName: query.methodName,
			nodeTypeAndVersion: { name: query.nodeType, version: query.typeVersion ?? 1 },
			currentNodeParameters: query.parameters,
			credentials: query.credentials,
			filter: query.filter,
			paginationToken: query.paginationToken,
		});
	}

	/** Every node type with its description, as the editor loads them. */
	async nodeTypes(): Promise<readonly NodeType[]> {
		const response = await this.#send('GET', '/types/nodes.json');
		return (await response.json()) as NodeType[];
	}
}

/**
 * Polls for an answer, with growing pauses; undefined if there is none in time. n8n looks up all its workflows for each
 * look at an execution: to ask often costs more than most executions.
 */
async function ask<T>(limitMs: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
	const started = Date.now();
	for (;;) {
		const answer = await look();
		const waitedMs = Date.now() - started;
		if (answer !== undefined || waitedMs > limitMs) return answer;
		await sleep(Math.min(Math.max(waitedMs / 4, 100), 1000));
	}
}

/** A client with a session. */
export async function logIn(
	url: string,
	account: { readonly email: string; readonly password: string },
): Promise<N8nClient> {
	const client = new N8nClient(url);
	await client.logIn(account.email, account.password);
	return client;
}
