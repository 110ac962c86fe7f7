import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import type { NodeTest } from './context.mts';

/** So that a simulated second of ringing takes no time worth waiting for. */
const secondMs = 10;

export type Credential = Readonly<Record<string, unknown>>;

/** A simulated PBX with an administrator's credential for it in n8n. */
export interface Bench {
	readonly pbx: SwitchvoxSimulator;
	/** The credential's data, to be changed for one of its own. */
	readonly credential: Credential;
	/** A test of the node on this PBX: rings 101, then 301, as account 1106, unless told otherwise. */
	readonly call: (
		parameters?: Readonly<Record<string, unknown>>,
		more?: Partial<NodeTest>,
	) => NodeTest;
	/** How often the phone that rings first rang. */
	readonly firstRings: () => number;
	readonly close: () => Promise<void>;
}

export const parameters = {
	resource: 'call',
	operation: 'originate',
	accountType: 'admin',
	dialFirst: '101',
	dialSecond: '301',
	accountId: { __rl: true, mode: 'id', value: '1106' },
	variables: {},
	options: {},
};

/** User name and password of one of the PBX's accounts. */
export function signInOf(account: keyof typeof defaultAccounts): Credential {
	const { username, password } = defaultAccounts[account];
	return { username, password };
}

export async function createSwitchvoxCredential(
	client: N8nClient,
	data: Credential,
): Promise<CredentialRef> {
	return await client.createCredential({
		name: `Switchvox ${crypto.randomUUID()}`,
		type: 'switchvoxApi',
		data,
	});
}

export async function openBench(
	client: N8nClient,
	options: SwitchvoxOptions = {},
	changes: Credential = {},
): Promise<Bench> {
	const pbx = await startSwitchvox({ secondMs, ...options });
	const credential: Credential = {
		baseUrl: pbx.url,
		...signInOf('admin'),
		authentication: 'auto',
		allowUnauthorizedCerts: false,
		caCertificate: pbx.caCertificate,
		...changes,
	};
	const switchvoxApi = await createSwitchvoxCredential(client, credential);
	return {
		pbx,
		credential,
		call: (changed = {}, more = {}) => ({
			type: 'switchvox',
			parameters: { ...parameters, ...changed },
			credentials: { switchvoxApi },
			...more,
		}),
		firstRings: () => pbx.rings.filter(({ party }) => party === 'first').length,
		close: async () => {
			await client.deleteCredential(switchvoxApi.id);
			await pbx.close();
		},
	};
}
