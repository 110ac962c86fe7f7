import type { CredentialRef } from '../client.mts';
import type { NodeTest } from '../context.mts';
import { context, users } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import type { Form } from '../setup.mts';

/** The data of a credential for an Asterisk at this address. */
export function credentialFor(baseUrl: string, changes: Form = {}): Form {
	const { username, password } = users.n8n;
	return {
		baseUrl,
		username,
		password,
		allowUnauthorizedCerts: false,
		caCertificate: '',
		...changes,
	};
}

export const parameters = {
	resource: 'call',
	operation: 'originate',
	endpoint: { __rl: true, mode: 'id', value: 'PJSIP/101' },
	extension: '301',
	context,
	variables: {},
	options: {},
};

/** A test of the Asterisk node: calls PJSIP/101, then 301, unless changed. */
export function callWith(
	asteriskApi: CredentialRef,
	changes: Form = {},
	more: Partial<NodeTest> = {},
): NodeTest {
	return {
		type: 'asterisk',
		parameters: { ...parameters, ...changes },
		credentials: { asteriskApi },
		...more,
	};
}

/** The spellings of a secret. */
export function spellingsOf(secret: string): readonly string[] {
	const basic = Buffer.from(`${users.n8n.username}:${secret}`).toString('base64');
	return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), basic];
}

/** How often a phone rang. */
export async function ringsOf({ rings }: Asterisk, number: string): Promise<number> {
	return (await rings()).filter((ring) => ring.number === number).length;
}
