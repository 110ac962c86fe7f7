import { defaultAccounts, startEnswitch } from '../simulators/enswitch.mts';
import type { EnswitchOptions, EnswitchSimulator } from '../simulators/enswitch.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import type { NodeTest } from './context.mts';

/** So that a simulated second of waiting takes no time worth waiting for. */
const secondMs = 10;

export type Credential = Readonly<Record<string, unknown>>;

/** A simulated Enswitch with a credential for it in n8n. */
export interface Bench {
	readonly pbx: EnswitchSimulator;
	/** The credential's data, to be changed for one of its own. */
	readonly credential: Credential;
	/** A test of the node on this Enswitch: calls line 1234567, then 1234568, unless told otherwise. */
	readonly call: (
		parameters?: Readonly<Record<string, unknown>>,
		more?: Partial<NodeTest>,
	) => NodeTest;
	/** How often the phone that rings first rang, all calls that were taken included. */
	readonly firstRings: () => Promise<number>;
	readonly close: () => Promise<void>;
}

export const parameters = {
	resource: 'call',
	operation: 'originate',
	stype: 'phone',
	snumber: { __rl: true, mode: 'id', value: '1234567' },
	ctype: 'number',
	cnumber: '1234568',
	options: {},
};

/** User name and password of one of the accounts. */
export function signInOf(account: keyof typeof defaultAccounts): Credential {
	const { username, password } = defaultAccounts[account];
	return { username, password };
}

export async function createEnswitchCredential(
	client: N8nClient,
	data: Credential,
): Promise<CredentialRef> {
	return await client.createCredential({
		name: `Enswitch ${crypto.randomUUID()}`,
		type: 'enswitchApi',
		data,
	});
}

export async function openBench(
	client: N8nClient,
	options: EnswitchOptions = {},
	changes: Credential = {},
): Promise<Bench> {
	const pbx = await startEnswitch({ secondMs, ...options });
	const credential: Credential = {
		baseUrl: pbx.url + (options.prefix ?? ''),
		...signInOf('agent'),
		allowUnauthorizedCerts: false,
		caCertificate: pbx.caCertificate,
		...changes,
	};
	const enswitchApi = await createEnswitchCredential(client, credential);
	return {
		pbx,
		credential,
		call: (changed = {}, more = {}) => ({
			type: 'enswitch',
			parameters: { ...parameters, ...changed },
			credentials: { enswitchApi },
			...more,
		}),
		firstRings: async () => {
			await pbx.idle();
			return pbx.rings.filter(({ party }) => party === 'first').length;
		},
		close: async () => {
			await client.deleteCredential(enswitchApi.id);
			await pbx.close();
		},
	};
}

/** A secret as it may stand somewhere: as it is, in JSON, and in a form. */
export function spellingsOf(secret: unknown): readonly string[] {
	const text = String(secret);
	return [
		text,
		JSON.stringify(text).slice(1, -1),
		encodeURIComponent(text),
		new URLSearchParams({ '': text }).toString().slice(1),
	];
}
