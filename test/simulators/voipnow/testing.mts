import { createClient } from '../client.mts';
import type { Reply, Sending } from '../client.mts';
import { defaultApps, startVoipNow } from '../voipnow.mts';
import type { App, VoipNowOptions, VoipNowSimulator } from '../voipnow.mts';

/** Shared by the tests of the VoipNow simulator. */
export interface Setup {
	readonly pbx: VoipNowSimulator;
	send(sending: Sending): Promise<Reply>;
	/** A token for one of the Apps, by client credentials. */
	tokenFor(app: App): Promise<string>;
	/** Posts a form to the OAuth2 service. */
	askForToken(form: Readonly<Record<string, string>>): Promise<Reply>;
	/** Posts to /uapi/phoneCalls/{userId}/simple, by default as the App of user 12. */
	post(body: unknown, more?: Posting): Promise<Reply>;
	close(): Promise<void>;
}

export interface Posting {
	readonly app?: App;
	readonly userId?: string;
	readonly query?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
}

export async function setUp(options: VoipNowOptions = {}): Promise<Setup> {
	const pbx = await startVoipNow(options);
	const client = createClient(pbx);
	const askForToken = (form: Readonly<Record<string, string>>) =>
		client.send({
			path: '/oauth/token.php',
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams(form).toString(),
		});
	const tokenFor = async (app: App) => {
		const reply = await askForToken(clientCredentials(app));
		return String(jsonOf(reply).access_token);
	};
	return {
		pbx,
		send: client.send,
		askForToken,
		tokenFor,
		post: async (
			body,
			{ app = defaultApps.user, userId = '@me', query = '', headers = {}, signal } = {},
		) =>
			client.send({
				path: `/uapi/phoneCalls/${userId}/simple${query}`,
				headers: {
					'content-type': 'application/json',
					authorization: `Bearer ${await tokenFor(app)}`,
					...headers,
				},
				body: typeof body === 'string' ? body : JSON.stringify(body),
				signal,
			}),
		close: async () => {
			await client.close();
			await pbx.close();
		},
	};
}

/** As the vendor's own clients do it. */
export function clientCredentials({ clientId, clientSecret }: App): Record<string, string> {
	return {
		grant_type: 'client_credentials',
		client_id: clientId,
		client_secret: clientSecret,
		type: 'unifiedapi',
		redirect_uri: 'https://voipnow.example/oauth/token.php',
	};
}

export function jsonOf({ body }: Reply): Record<string, unknown> {
	return JSON.parse(body) as Record<string, unknown>;
}

/** HTTP status and code of a refusal. */
export function refusalIn(reply: Reply): [number, unknown] {
	const { error } = jsonOf(reply) as { error: { code: string } };
	return [reply.status, error.code];
}

/** A body from 0003*210 to a public number, with other members of its view if given. */
export function callTo(view: object = {}, more: object = {}): object {
	const numbers = { source: ['0003*210'], destination: ['3235742879'] };
	return { extension: '0003*210', phoneCallView: [{ ...numbers, ...view }], ...more };
}
