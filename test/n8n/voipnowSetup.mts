import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import { n8nUrl } from './context.mts';
import { owner } from './server.mts';
import { type Form, type Setup, setUpNode } from './setup.mts';

export interface VoipNowSetup extends Setup<VoipNowSimulator> {
	/** How often the first phone rang. */
	readonly firstRings: () => number;
	/** Method, path without query and status of every request, tokens included. */
	readonly traffic: () => string[];
}

/** Rings 0003*210, then 12025550123, as the user of the App. */
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
export function appOf(name: keyof typeof defaultApps): Form {
	const { clientId, clientSecret } = defaultApps[name];
	return { clientId, clientSecret };
}

/** Certificates are not checked, because n8n's request for a token cannot be given one to trust. */
export async function setUpVoipNow(
	client: N8nClient,
	options: VoipNowOptions = {},
	changes: Form = {},
): Promise<VoipNowSetup> {
	const pbx = await startVoipNow(options);
	const node = { type: 'voipNow', credentialType: 'voipNowOAuth2Api', parameters };
	const setup = await setUpNode(client, pbx, node, {
		baseUrl: pbx.url,
		grantType: 'clientCredentials',
		...appOf('user'),
		allowUnauthorizedCerts: true,
		...changes,
	});
	return {
		...setup,
		firstRings: () => pbx.rings.filter(({ party }) => party === 'source').length,
		traffic: () =>
			pbx.requests.map(
				({ method, path, status }) => `${method} ${path.split('?', 1)[0] ?? ''} ${String(status)}`,
			),
	};
}

/** Connects the credential as a user does with "Connect", who then agrees at VoipNow. */
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
