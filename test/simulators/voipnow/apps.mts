import { randomBytes } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../server.mts';
import type { AppOwner } from './directory.mts';
import { accessDenied, jsonReply } from './errors.mts';
import type { VoipNowError } from './errors.mts';

// https://wiki.4psa.com/display/VNUAPI30/Obtain+Authorization
// Client credentials as the vendor's own clients send them: client_id, client_secret, grant_type, type=unifiedapi, redirect_uri.

export interface App {
	readonly clientId: string;
	readonly clientSecret: string;
	readonly owner: AppOwner;
	/** "App is trusted": may use client credentials. */
	readonly trusted: boolean;
}

export const defaultApps = {
	user: app('user', { kind: 'user', userId: '12' }),
	organization: app('organization', { kind: 'organization' }),
	administrator: app('administrator', { kind: 'administrator' }),
	untrusted: app('untrusted', { kind: 'user', userId: '12' }, false),
} as const;

function app(name: string, owner: AppOwner, trusted = true): App {
	return {
		clientId: `app-of-${name}`,
		clientSecret: `secret of ${name} & co`,
		owner,
		trusted,
	};
}

interface Token {
	readonly app: App;
	valid: boolean;
}

export interface Apps {
	/** The App whose token a request carries, or why it has none. */
	check(request: HttpRequest): { readonly app: App } | { readonly refusal: VoipNowError };
	token(request: HttpRequest): HttpReply;
	/** As if a person had signed in and agreed. */
	authorize(request: HttpRequest): HttpReply;
	/** Every token issued so far is unknown from now on. */
	expireTokens(): void;
	/** Every token issued from now on is refused at once. */
	refuseTokens(): void;
	/** Refresh tokens issued so far are revoked. */
	revokeRefreshTokens(): void;
	readonly issued: number;
}

interface Settings {
	readonly apps: readonly App[];
	/** How a request with an expired token is answered: documented is 401, a public client expects 403. */
	readonly expiredStatus: 401 | 403;
	readonly lifetimeSeconds: number;
}

const shortestState = 16;

export function createApps({ apps, expiredStatus, lifetimeSeconds }: Settings): Apps {
	const tokens = new Map<string, Token>();
	const refreshTokens = new Map<string, App>();
	const codes = new Map<string, { readonly app: App; readonly redirectUri: string }>();
	let issued = 0;
	let refusing = false;

	const issue = (of: App, refreshable: boolean): HttpReply => {
		const accessToken = randomBytes(20).toString('hex');
		tokens.set(accessToken, { app: of, valid: !refusing });
		issued += 1;
		const refreshToken = randomBytes(20).toString('hex');
		if (refreshable) refreshTokens.set(refreshToken, of);
		return jsonReply(200, {
			access_token: accessToken,
			token_type: 'Bearer',
			expires_in: lifetimeSeconds,
			...(refreshable && { refresh_token: refreshToken }),
		});
	};

	const grant = (form: URLSearchParams): HttpReply => {
		const value = (name: string) => form.get(name) ?? '';
		const client = apps.find(
			({ clientId, clientSecret }) =>
				clientId === value('client_id') && clientSecret === value('client_secret'),
		);
		if (!client) return refuse(401, 'invalid_client');
		switch (value('grant_type')) {
			case 'client_credentials':
				if (value('type') !== 'unifiedapi' || value('redirect_uri') === '') {
					return refuse(400, 'invalid_request');
				}
				return client.trusted ? issue(client, false) : refuse(400, 'unauthorized_client');
			case 'authorization_code': {
				const given = codes.get(value('code'));
				codes.delete(value('code'));
				if (given?.app !== client || given.redirectUri !== value('redirect_uri')) {
					return refuse(400, 'invalid_grant');
				}
				return issue(client, true);
			}
			case 'refresh_token': {
				const known = refreshTokens.get(value('refresh_token')) === client;
				refreshTokens.delete(value('refresh_token'));
				return known ? issue(client, true) : refuse(400, 'invalid_grant');
			}
			default:
				return refuse(400, 'unsupported_grant_type');
		}
	};

	return {
		get issued() {
			return issued;
		},
		expireTokens: () => {
			for (const token of tokens.values()) token.valid = false;
		},
		refuseTokens: () => {
			refusing = true;
		},
		revokeRefreshTokens: () => {
			refreshTokens.clear();
		},
		check: ({ headers }) => {
			const [, bearer = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
			const token = tokens.get(bearer);
			if (!token) return { refusal: accessDenied() };
			return token.valid ? { app: token.app } : { refusal: accessDenied(expiredStatus) };
		},
		token: ({ method, headers, body, path }) => {
			if (method !== 'POST' || path.includes('?')) return refuse(400, 'invalid_request');
			const type = headers['content-type'] ?? '';
			if (!type.startsWith('application/x-www-form-urlencoded')) {
				return refuse(400, 'invalid_request');
			}
			return grant(new URLSearchParams(body.toString('utf8')));
		},
		authorize: ({ path }) => {
			const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
			const client = apps.find(({ clientId }) => clientId === query.get('client_id'));
			const redirectUri = query.get('redirect_uri') ?? '';
			const state = query.get('state') ?? '';
			if (!client || query.get('response_type') !== 'code' || !URL.canParse(redirectUri)) {
				return refuse(400, 'invalid_request');
			}
			if (state.length < shortestState) return refuse(400, 'invalid_request');
			const code = randomBytes(16).toString('hex');
			codes.set(code, { app: client, redirectUri });
			const location = new URL(redirectUri);
			location.searchParams.set('code', code);
			location.searchParams.set('state', state);
			return { status: 302, headers: { location: location.href }, body: '' };
		},
	};
}

function refuse(status: number, error: string): HttpReply {
	return jsonReply(status, { error });
}
