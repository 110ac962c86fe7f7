import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import type { IovoxOptions, IovoxSimulator } from '../simulators/iovox.mts';
import type { N8nClient } from './client.mts';
import { type Form, type Setup, setUpNode } from './setup.mts';

/** Keeps simulated minutes short. */
const minuteMs = 10;

export interface IovoxSetup extends Setup<IovoxSimulator> {
	/** How often a phone rang. */
	readonly firstRings: () => number;
}

/** Calls 441632960001 by the rules of link123. */
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

export async function setUpIovox(
	client: N8nClient,
	options: IovoxOptions = {},
	changes: Form = {},
): Promise<IovoxSetup> {
	const iovox = await startIovox({ minuteMs, ...options });
	const node = { type: 'iovox', credentialType: 'iovoxApi', parameters };
	const setup = await setUpNode(client, iovox, node, {
		environment: 'custom',
		baseUrl: iovox.url,
		...defaultSignIn,
		...changes,
	});
	return { ...setup, firstRings: () => iovox.rings.length };
}
