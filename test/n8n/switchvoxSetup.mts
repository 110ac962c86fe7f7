import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';
import type { N8nClient } from './client.mts';
import { type Form, type Setup, setUpNode } from './setup.mts';

/** Keeps simulated seconds short. */
const secondMs = 10;

export interface SwitchvoxSetup extends Setup<SwitchvoxSimulator> {
	/** How often the first phone rang. */
	readonly firstRings: () => number;
}

/** Rings 101, then 301, as account 1106. */
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
export function signInOf(account: keyof typeof defaultAccounts): Form {
	const { username, password } = defaultAccounts[account];
	return { username, password };
}

/** With an administrator's credential. */
export async function setUpSwitchvox(
	client: N8nClient,
	options: SwitchvoxOptions = {},
	changes: Form = {},
): Promise<SwitchvoxSetup> {
	const pbx = await startSwitchvox({ secondMs, ...options });
	const node = { type: 'switchvox', credentialType: 'switchvoxApi', parameters };
	const setup = await setUpNode(client, pbx, node, {
		baseUrl: pbx.url,
		...signInOf('admin'),
		authentication: 'auto',
		allowUnauthorizedCerts: false,
		caCertificate: pbx.caCertificate,
		...changes,
	});
	return {
		...setup,
		firstRings: () => pbx.rings.filter(({ party }) => party === 'first').length,
	};
}
