import { ObservableObject } from 'n8n-workflow';
import type {
	IDataObject,
	INodeExecutionData,
	IObservableObject,
	IPollFunctions,
} from 'n8n-workflow';

type Poll = (context: IPollFunctions) => Promise<INodeExecutionData[][] | null>;

export interface PollsOptions {
	readonly credential: Readonly<Record<string, unknown>>;
	/** What the credential adds to each request. */
	readonly headers: Readonly<Record<string, string>>;
	readonly parameters?: Readonly<Record<string, unknown>>;
}

/**
 * What n8n does with a node that polls, as in its source (2.41.1: workflow-trigger-activator.js, poll-trigger-executor.js,
 * trigger-execution-context.factory.js): static data is in memory while the workflow is published. n8n saves it at the end
 * of a publication or a start, and with a poll that starts the workflow, each time only if it was changed.
 */
export function n8nPolls(poll: Poll, options: PollsOptions) {
	/** As in the database. */
	let saved = '{}';
	let parameters: Readonly<Record<string, unknown>> = { options: {}, ...options.parameters };
	let credentialId = 'c1';
	let active: { readonly context: IPollFunctions; readonly staticData: IDataObject } | undefined;
	const executions: (readonly IDataObject[])[] = [];
	const failures: Error[] = [];
	const warnings: string[] = [];
	let hold: Promise<unknown> = Promise.resolve();

	const contextOf = (staticData: IDataObject, mode: string, activation: string) =>
		({
			getMode: () => mode,
			getActivationMode: () => activation,
			getNode: () => ({
				name: 'Trigger',
				credentials: { iovoxApi: { id: credentialId, name: 'One' } },
			}),
			getWorkflow: () => ({ id: 'w1' }),
			getWorkflowStaticData: () => {
				staticData['node:Trigger'] ??= ObservableObject.create({}, staticData as IObservableObject);
				return staticData['node:Trigger'];
			},
			getNodeParameter: (name: string, fallback?: unknown) => parameters[name] ?? fallback,
			getCredentials: () => Promise.resolve({ ...options.credential }),
			logger: { warn: (text: string) => warnings.push(text) },
			helpers: {
				async httpRequestWithAuthentication(
					_type: string,
					{
						url,
						method,
						headers,
						abortSignal,
					}: RequestInit & { url: string; abortSignal: AbortSignal },
				) {
					await hold;
					const response = await fetch(url, {
						method,
						headers: { ...(headers as Record<string, string>), ...options.headers },
						signal: abortSignal,
					});
					return {
						statusCode: response.status,
						headers: Object.fromEntries(response.headers),
						body: await response.text(),
					};
				},
			},
		}) as unknown as IPollFunctions;

	const save = (staticData: IDataObject) => {
		if (staticData.__dataChanged !== true) return;
		saved = JSON.stringify(staticData);
		staticData.__dataChanged = false;
	};
	const emit = (items: INodeExecutionData[][] | null, staticData: IDataObject) => {
		if (items === null) return;
		executions.push((items[0] ?? []).map(({ json }) => json));
		save(staticData);
	};
	const start = async (activation: string) => {
		const staticData = ObservableObject.create(JSON.parse(saved) as IDataObject, undefined, {
			ignoreEmptyOnFirstChild: true,
		});
		const context = contextOf(staticData, 'trigger', activation);
		emit(await poll(context), staticData);
		save(staticData);
		active = { context, staticData };
	};

	return {
		/** The items of each run of the workflow. */
		executions,
		failures,
		warnings,
		/** The call IDs of all items. */
		calls: () => executions.flat().map(({ callId }) => callId as string),
		savedCharacters: () => saved.length,
		/** Rejects if n8n refuses it. */
		publish: () => start('activate'),
		/** Publishes another version of a workflow that is published. */
		update: (changed: Readonly<Record<string, unknown>>, credential = credentialId) => {
			parameters = { ...parameters, ...changed };
			credentialId = credential;
			return start('update');
		},
		unpublish: () => {
			active = undefined;
		},
		restart: () => start('init'),
		poll: async () => {
			const polled = active;
			if (polled === undefined) return;
			try {
				const items = await poll(polled.context);
				if (active === polled) emit(items, polled.staticData);
			} catch (error) {
				failures.push(error as Error);
			}
		},
		/** "Fetch Test Event". */
		test: async () => {
			const before = saved;
			const items = await poll(contextOf(JSON.parse(saved) as IDataObject, 'manual', 'manual'));
			expect(saved).toBe(before);
			return (items?.[0] ?? []).map(({ json }) => json);
		},
		/** Requests wait until the function that this gives is called. */
		holdRequests: () => {
			let release: (() => void) | undefined;
			hold = new Promise<undefined>((resolve) => {
				release = () => {
					resolve(undefined);
				};
			});
			return () => release?.();
		},
	};
}

export type N8nPolls = ReturnType<typeof n8nPolls>;
