import { createDigestAuthentication } from '../digest.mts';
import type { DigestAlgorithm } from '../digest.mts';
import type { HttpReply, HttpRequest, Redactable } from '../server.mts';
import { parseDigestParameters } from '../digest.mts';
import type { Account, AccountKind } from './accounts.mts';

/** Basic from Switchvox 6.6 on, Digest before. */
export type Scheme = 'basic' | 'digest';

export interface AuthenticationOptions {
	readonly scheme: Scheme;
	readonly digest: {
		readonly algorithm?: DigestAlgorithm;
		readonly qop?: boolean;
		readonly nonceLifetimeRequests?: number;
		readonly lenient?: boolean;
	};
	readonly accounts: readonly Account[];
	readonly blocked: readonly AccountKind[];
}

export interface Authentication {
	readonly scheme: Scheme;
	/** The account that logged in, or the reply that refuses it. */
	check(request: HttpRequest): { readonly account: Account } | { readonly refusal: HttpReply };
	/** The reply to a request that can't be authenticated, with a fresh challenge. */
	refuse(stale?: boolean): HttpReply;
	change(scheme: Scheme): void;
	expireNonces(): void;
}

/** The vendor documents no realm; clients have to take it from the challenge. */
const realm = 'Switchvox';

export function createAuthentication(options: AuthenticationOptions): Authentication {
	let { scheme } = options;
	const accountOf = (username: string) =>
		options.accounts.find((account) => account.username === username);
	const digest = createDigestAuthentication({
		...options.digest,
		realm,
		passwordOf: (username) => accountOf(username)?.password,
	});

	const refuse = (stale?: boolean) =>
		errorPage(401, {
			'www-authenticate': scheme === 'basic' ? `Basic realm="${realm}"` : digest.challenge(stale),
		});

	const admit = (account: Account | undefined) =>
		account && !options.blocked.includes(account.kind)
			? { account }
			: // Wrong credentials and the access control list look the same to a client.
				{ refusal: errorPage(403) };

	const check: Authentication['check'] = ({ headers, method, path }) => {
		if (scheme === 'digest') {
			const verdict = digest.check(headers.authorization, method, path);
			if (verdict.result === 'challenge') return { refusal: refuse(verdict.stale) };
			return admit(verdict.result === 'accepted' ? accountOf(verdict.username) : undefined);
		}
		const given = readBasic(headers.authorization);
		if (given === null) return { refusal: refuse() };
		const account = accountOf(given.username);
		return admit(account?.password === given.password ? account : undefined);
	};

	return {
		get scheme() {
			return scheme;
		},
		check,
		refuse,
		change: (to) => {
			scheme = to;
		},
		expireNonces: digest.expireNonces,
	};
}

export function errorPage(status: number, headers: Record<string, string> = {}): HttpReply {
	const body = `<html><body><h1>${String(status)}</h1></body></html>\n`;
	return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** null unless well-formed: Base64 as RFC 7617 asks for, of UTF-8 with a colon. */
function readBasic(authorization: string | undefined) {
	const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
	if (encoded === undefined) return null;
	const bytes = Buffer.from(encoded, 'base64');
	const text = bytes.toString('utf8');
	const colon = text.indexOf(':');
	if (bytes.toString('base64') !== encoded || colon < 0) return null;
	return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Keeps the parts of the Authorization header that hold no secret: the scheme, a Digest's nonce and nc. */
export function redactAuthorization(request: Redactable): Redactable {
	const { authorization } = request.headers;
	if (authorization === undefined) return request;
	return { ...request, headers: { ...request.headers, authorization: redacted(authorization) } };
}

function redacted(authorization: string): string {
	const scheme = /^(Basic|Digest) /i.exec(authorization)?.[1];
	if (scheme === undefined) return '(removed)';
	if (scheme.toLowerCase() === 'basic') return `${scheme} (removed)`;
	const parameters = parseDigestParameters(authorization);
	const [nonce, nc] = [parameters?.get('nonce')?.value, parameters?.get('nc')?.value];
	if (nonce === undefined) return `${scheme} (removed)`;
	return `${scheme} nonce="${nonce}"${nc === undefined ? '' : `, nc=${nc}`}`;
}
