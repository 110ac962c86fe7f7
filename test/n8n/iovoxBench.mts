import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import type { IovoxOptions, IovoxSimulator } from '../simulators/iovox.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import type { NodeTest } from './context.mts';

/** So that a delayed call rings in a time worth waiting for. */
const minuteMs = 10;

export type Credential = Readonly<Record<string, unknown>>;

/** A simulated IOVOX with a credential for it in n8n. */
export interface Bench {
	readonly iovox: IovoxSimulator;
	/** The credential's data, to be changed for one of its own. */
	readonly credential: Credential;
	/** A test of the node: calls 441632960001 by the rules of link123, unless told otherwise. */
	readonly call: (
		parameters?: Readonly<Record<string, unknown>>,
		more?: Partial<NodeTest>,
	) => NodeTest;
	readonly close: () => Promise<void>;
}

export const parameters = {
	resource: 'call',
	operation: 'originate',
	linkId: { __rl: true, mode: 'id', value: 'link123' },
	callDestination: '441632960001',
	specifyVariables: 'fields',
	callVariables: {},
	callVariablesJson: '',
	options: {},
};

export async function createIovoxCredential(
	client: N8nClient,
	data: Credential,
): Promise<CredentialRef> {
	return await client.createCredential({
		name: `IOVOX ${crypto.randomUUID()}`,
		type: 'iovoxApi',
		data,
	});
}

export async function openBench(
	client: N8nClient,
	options: IovoxOptions = {},
	changes: Credential = {},
): Promise<Bench> {
	const iovox = await startIovox({ minuteMs, ...options });
	const credential: Credential = {
		environment: 'custom',
		baseUrl: iovox.url,
		...defaultSignIn,
		...changes,
	};
	const iovoxApi = await createIovoxCredential(client, credential);
	return {
		iovox,
		credential,
		call: (changed = {}, more = {}) => ({
			type: 'iovox',
			parameters: { ...parameters, ...changed },
			credentials: { iovoxApi },
			...more,
		}),
		close: async () => {
			await client.deleteCredential(iovoxApi.id);
			await iovox.close();
		},
	};
}
