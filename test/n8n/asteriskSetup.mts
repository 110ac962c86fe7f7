import { defaultUsers, startAsterisk } from '../simulators/asterisk.mts';
import type { AsteriskOptions, AsteriskSimulator } from '../simulators/asterisk.mts';
import type { N8nClient } from './client.mts';
import { type Form, type Setup, setUpNode } from './setup.mts';

/** Keeps simulated seconds short. */
const secondMs = 10;

/** PJSIP/101 calls 301. */
export const parameters = {
	resource: 'call',
	operation: 'originate',
	endpoint: { __rl: true, mode: 'id', value: 'PJSIP/101' },
	extension: '301',
	context: 'from-internal',
	variables: {},
	options: {},
};

export async function setUpAsterisk(
	client: N8nClient,
	options: AsteriskOptions = {},
	changes: Form = {},
): Promise<Setup<AsteriskSimulator>> {
	const pbx = await startAsterisk({ secondMs, ...options });
	const node = { type: 'asterisk', credentialType: 'asteriskApi', parameters };
	return await setUpNode(client, pbx, node, {
		baseUrl: pbx.url,
		...defaultUsers.n8n,
		allowUnauthorizedCerts: false,
		caCertificate: pbx.caCertificate,
		...changes,
	});
}
