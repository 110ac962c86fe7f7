import { createClient } from '../client.mts';
import type { Reply, Sending } from '../client.mts';
import { defaultAccounts, startEnswitch } from '../enswitch.mts';
import type { EnswitchOptions, EnswitchSimulator } from '../enswitch.mts';

/** Shared by the tests of the Enswitch simulator. */
export interface Setup {
	readonly pbx: EnswitchSimulator;
	/** POSTs a form, by default to calls/make and as the agent. */
	post(
		parameters: Readonly<Record<string, string>>,
		name?: string,
		account?: keyof typeof defaultAccounts,
	): Promise<Reply>;
	send(sending: Sending): Promise<Reply>;
	close(): Promise<void>;
}

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

export function formOf(
	parameters: Readonly<Record<string, string>>,
	account: keyof typeof defaultAccounts = 'agent',
): string {
	const { username, password } = defaultAccounts[account];
	const signIn = { auth_username: username, auth_password: password };
	return new URLSearchParams({ ...parameters, ...signIn }).toString();
}

/** One simulated second takes two milliseconds unless the options say otherwise. */
export async function setUp(options: EnswitchOptions = {}): Promise<Setup> {
	const pbx = await startEnswitch({ secondMs: 2, ...options });
	const client = createClient(pbx);
	return {
		pbx,
		send: client.send,
		post: (parameters, name = 'calls/make', account = 'agent') =>
			client.send({
				path: `${options.prefix ?? ''}/api/json/${name}/`,
				body: formOf(parameters, account),
				headers: formHeaders,
			}),
		close: async () => {
			await client.close();
			await pbx.close();
		},
	};
}

/** A line, then another. */
export const fromTo = { stype: 'phone', snumber: '1234567', cnumber: '1234568' };

/** The entries of a reply, as "code key message". */
export function entriesOf({ body }: Reply): string[] {
	const { responses } = JSON.parse(body) as { responses: Record<string, string>[] };
	return responses.map(({ code = '', key = '', message = '' }) => `${code} ${key} ${message}`);
}
