import { request } from 'undici';
import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import type { VoipNowSimulator } from '../simulators/voipnow.mts';
import { defaultApps } from '../simulators/voipnow.mts';
import { clientCredentials } from '../simulators/voipnow/testing.mts';

export interface HookOptions {
	readonly parameters: Readonly<Record<string, unknown>>;
	/** The address of the trigger in n8n. */
	readonly address: string;
	/** What n8n keeps with the workflow. */
	readonly memory: IDataObject;
	/** Gets each warning. */
	readonly warned: (line: string) => void;
}

/** What n8n gives a trigger that is published, with a simulated VoipNow without TLS behind it. */
export function hookOf(pbx: VoipNowSimulator, options: HookOptions): IHookFunctions {
	const send = async ({ url, method, headers = {}, body, abortSignal }: Sending) => {
		const token = tokens.get(pbx) ?? (await tokenOf(pbx));
		tokens.set(pbx, token);
		const response = await request(url, {
			method,
			headers: { ...headers, authorization: `Bearer ${token}` },
			body,
			signal: abortSignal,
		});
		return { statusCode: response.statusCode, headers: response.headers, body: response.body };
	};
	return {
		getNode: () => ({ name: 'VoipNow Trigger', type: 'voipNowTrigger', id: 'node' }),
		getWorkflow: () => ({ id: 'wf', name: 'Missed calls', active: true }),
		getNodeParameter: (name: string, fallback?: unknown) => options.parameters[name] ?? fallback,
		getNodeWebhookUrl: () => options.address,
		getWorkflowStaticData: () => options.memory,
		getCredentials: () => Promise.resolve({ baseUrl: pbx.url }),
		helpers: {
			httpRequestWithAuthentication: (_: string, sending: Sending) => send(sending),
		},
		logger: { warn: options.warned, info: () => undefined },
	} as unknown as IHookFunctions;
}

const tokens = new WeakMap<VoipNowSimulator, string>();

interface Sending {
	readonly url: string;
	readonly method: 'GET' | 'POST' | 'DELETE';
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly abortSignal?: AbortSignal;
}

async function tokenOf({ url }: VoipNowSimulator): Promise<string> {
	const response = await request(`${url}/oauth/token.php`, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(clientCredentials(defaultApps.user)).toString(),
	});
	return ((await response.body.json()) as { access_token: string }).access_token;
}
