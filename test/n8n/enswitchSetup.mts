import { defaultAccounts, startEnswitch } from '../simulators/enswitch.mts';
import type { EnswitchOptions, EnswitchSimulator } from '../simulators/enswitch.mts';
import type { N8nClient } from './client.mts';
import { type Form, type Setup, setUpNode } from './setup.mts';

/** Keeps simulated seconds short. */
const secondMs = 10;

export interface EnswitchSetup extends Setup<EnswitchSimulator> {
	/** How often the first phone rang, after all accepted calls have rung it. */
	readonly firstRings: () => Promise<number>;
}

/** Line 1234567 calls line 1234568. */
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
export function signInOf(account: keyof typeof defaultAccounts): Form {
	const { username, password } = defaultAccounts[account];
	return { username, password };
}

export async function setUpEnswitch(
	client: N8nClient,
	options: EnswitchOptions = {},
	changes: Form = {},
): Promise<EnswitchSetup> {
	const pbx = await startEnswitch({ secondMs, ...options });
	const node = { type: 'enswitch', credentialType: 'enswitchApi', parameters };
	const setup = await setUpNode(client, pbx, node, {
		baseUrl: pbx.url + (options.prefix ?? ''),
		...signInOf('agent'),
		allowUnauthorizedCerts: false,
		caCertificate: pbx.caCertificate,
		...changes,
	});
	return {
		...setup,
		firstRings: async () => {
			await pbx.idle();
			return pbx.rings.filter(({ party }) => party === 'first').length;
		},
	};
}

/** The spellings of a secret: plain, in JSON, and in a form. */
export function spellingsOf(secret: unknown): readonly string[] {
	const text = String(secret);
	return [
		text,
		JSON.stringify(text).slice(1, -1),
		encodeURIComponent(text),
		new URLSearchParams({ '': text }).toString().slice(1),
	];
}
