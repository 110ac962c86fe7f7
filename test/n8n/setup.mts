import type { CredentialRef, N8nClient } from './client.mts';
import type { NodeTest } from './context.mts';

export type Form = Readonly<Record<string, unknown>>;

/** A simulated phone system, and a node that calls through it with its own credential in n8n. */
export interface Setup<System> {
	readonly pbx: System;
	/** The credential's data; a test can change a copy of it. */
	readonly credential: Form;
	readonly stored: CredentialRef;
	/** A test of the node: the vendor's usual call, unless changed. */
	readonly call: (parameters?: Form, more?: Partial<NodeTest>) => NodeTest;
	/** The same with another credential, with this data. */
	readonly callWith: (data: Form, parameters?: Form, more?: Partial<NodeTest>) => Promise<NodeTest>;
	readonly close: () => Promise<void>;
}

export interface NodeOfVendor {
	readonly type: string;
	readonly credentialType: string;
	/** The parameters of the usual call. */
	readonly parameters: Form;
}

export async function storeCredential(
	client: N8nClient,
	type: string,
	data: Form,
): Promise<CredentialRef> {
	return await client.createCredential({ name: `${type} ${crypto.randomUUID()}`, type, data });
}

export async function setUpNode<System extends { close(): Promise<void> }>(
	client: N8nClient,
	pbx: System,
	{ type, credentialType, parameters }: NodeOfVendor,
	credential: Form,
): Promise<Setup<System>> {
	const stored = await storeCredential(client, credentialType, credential);
	const call = (changes: Form = {}, more: Partial<NodeTest> = {}): NodeTest => ({
		type,
		parameters: { ...parameters, ...changes },
		credentials: { [credentialType]: stored },
		...more,
	});
	return {
		pbx,
		credential,
		stored,
		call,
		callWith: async (data, changes, more) => {
			const other = await storeCredential(client, credentialType, data);
			return call(changes, { ...more, credentials: { [credentialType]: other } });
		},
		close: async () => {
			await client.deleteCredential(stored.id);
			await pbx.close();
		},
	};
}

/** Makes a function that sets up a phone system, uses it, and closes it. */
export function during<Options, Opened extends { close(): Promise<void> }>(
	open: (options: Options, changes: Form) => Promise<Opened>,
) {
	return async <T,>(
		options: Options,
		use: (setup: Opened) => Promise<T>,
		changes: Form = {},
	): Promise<T> => {
		const setup = await open(options, changes);
		try {
			return await use(setup);
		} finally {
			await setup.close();
		}
	};
}
