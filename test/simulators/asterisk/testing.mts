import { basic, createClient } from '../client.mts';
import type { Reply } from '../client.mts';
import { defaultUsers, startAsterisk } from '../asterisk.mts';
import type { AsteriskOptions, AsteriskSimulator } from '../asterisk.mts';
import type { AriExchange } from './exchanges.mts';

/** What the Asterisk simulator's own tests share. */
export interface Bench {
	readonly pbx: AsteriskSimulator;
	send(
		request: Pick<AriExchange, 'method' | 'path' | 'body' | 'as'>,
		signal?: AbortSignal,
	): Promise<Reply>;
	close(): Promise<void>;
}

/** How a request of an exchange signs in. */
export function authorizationOf(as: AriExchange['as']): Readonly<Record<string, string>> {
	if (as === 'nobody') return {};
	const user = as === 'reader' ? defaultUsers.reader : defaultUsers.n8n;
	return { authorization: basic(as === 'stranger' ? { ...user, password: 'wrong' } : user) };
}

/** One simulated second takes two milliseconds unless the options say otherwise. */
export async function startBench(options: AsteriskOptions = {}): Promise<Bench> {
	const pbx = await startAsterisk({ secondMs: 2, ...options });
	const client = createClient(pbx);
	return {
		pbx,
		send: ({ method, path, body, as }, signal) =>
			client.send({
				method,
				path: `${options.prefix ?? ''}/ari${path}`,
				headers: { ...authorizationOf(as), 'content-type': 'application/json' },
				signal,
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		close: async () => {
			await client.close();
			await pbx.close();
		},
	};
}
