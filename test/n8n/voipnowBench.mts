import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import { n8nUrl } from './context.mts';
import type { NodeTest } from './context.mts';
import { owner } from './server.mts';

export type Credential = Readonly<Record<string, unknown>>;

/** A simulated VoipNow with a credential for an App of it in n8n. */
export interface Bench {
	readonly pbx: VoipNowSimulator;
	/** The credential's data, to be changed for one of its own. */
	readonly credential: Credential;
	readonly stored: CredentialRef;
	/** A test of the node: rings 0003*210, then 12025550123, as the user of the App, unless told otherwise. */
	readonly call: (
		parameters?: Readonly<Record<string, unknown>>,
		more?: Partial<NodeTest>,
	) => NodeTest;
	/** How often the phone that rings first rang. */
	readonly firstRings: () => number;
	/** Method, path without query and status of every request, tokens included. */
	readonly traffic: () => string[];
	readonly close: () => Promise<void>;
}

export const parameters = {
	resource: 'call',
	operation: 'originate',
	userId: '@me',
	extension: { __rl: true, mode: 'id', value: '0003*210' },
	source: ['0003*210'],
	destination: ['12025550123'],
	options: {},
};

/** Client ID and secret of one of the Apps. */
export function appOf(name: keyof typeof defaultApps): Credential {
	const { clientId, clientSecret } = defaultApps[name];
	return { clientId, clientSecret };
}

export async function createVoipNowCredential(
	client: N8nClient,
	data: Credential,
): Promise<CredentialRef> {
	return await client.createCredential({
		name: `VoipNow ${crypto.randomUUID()}`,
		type: 'voipNowOAuth2Api',
		data,
	});
}

/** Certificates are ignored: n8n's request for a token takes none to trust. */
export async function openBench(
	client: N8nClient,
	options: VoipNowOptions = {},
	changes: Credential = {},
): Promise<Bench> {
	const pbx = await startVoipNow(options);
	const credential: Credential = {
		baseUrl: pbx.url,
		grantType: 'clientCredentials',
		...appOf('user'),
		allowUnauthorizedCerts: true,
		...changes,
	};
	const stored = await createVoipNowCredential(client, credential);
	return {
		pbx,
		credential,
		stored,
		call: (changed = {}, more = {}) => ({
			type: 'voipNow',
			parameters: { ...parameters, ...changed },
			credentials: { voipNowOAuth2Api: stored },
			...more,
		}),
		firstRings: () => pbx.rings.filter(({ party }) => party === 'source').length,
		traffic: () =>
			pbx.requests.map(
				({ method, path, status }) => `${method} ${path.split('?', 1)[0] ?? ''} ${String(status)}`,
			),
		close: async () => {
			await client.deleteCredential(stored.id);
			await pbx.close();
		},
	};
}

/** What a person does who presses "Connect" in the credential and agrees at VoipNow. */
export async function connect({ id }: CredentialRef): Promise<void> {
	const json = { 'content-type': 'application/json' };
	const body = JSON.stringify({ emailOrLdapLoginId: owner.email, password: owner.password });
	const login = await fetch(`${n8nUrl()}/rest/login`, { method: 'POST', headers: json, body });
	const cookies = new Map<string, string>();
	const keep = (response: Response) => {
		for (const cookie of response.headers.getSetCookie()) {
			const [pair = ''] = cookie.split(';', 1);
			cookies.set(pair.slice(0, pair.indexOf('=')), pair);
		}
	};
	keep(login);
	const visit = async (url: string) => {
		const headers = { cookie: [...cookies.values()].join('; ') };
		const response = await fetch(url, { headers, redirect: 'manual' });
		keep(response);
		return response;
	};
	const start = await visit(`${n8nUrl()}/rest/oauth2-credential/auth?id=${id}`);
	const { data: authorizeUrl } = (await start.json()) as { data: string };
	const agreed = await fetch(authorizeUrl, { redirect: 'manual' });
	const callback = new URL(agreed.headers.get('location') ?? '');
	await visit(`${n8nUrl()}${callback.pathname}${callback.search}`);
}
