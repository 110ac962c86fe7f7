import { createHash, randomBytes } from 'crypto';

/**
 * A challenge of HTTP Digest authentication: RFC 7616, RFC 2617, and RFC 2069 for challenges without qop. The client's side
 * is written here because no maintained library reads a nonce with commas, supports SHA-256, and answers a challenge without
 * qop.
 */
export interface Challenge {
	readonly realm: string;
	readonly nonce: string;
	/** Absent if the challenge names none. It is MD5 then, and the answer names none either. */
	readonly algorithm?: Algorithm;
	/** False for RFC 2069, whose answers have no qop, nc or cnonce. */
	readonly qop: boolean;
	readonly opaque?: string;
}

const hashes = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
type Hash = keyof typeof hashes;
type Algorithm = Hash | `${Hash}-sess`;
const algorithms = Object.keys(hashes).flatMap((hash) => [
	hash,
	`${hash}-sess`,
]) as readonly Algorithm[];

/** The strongest Digest challenge in a `WWW-Authenticate` header that can be answered; undefined if there is none. */
export function digestChallenge(wwwAuthenticate: string): Challenge | undefined {
	const answerable = parseChallenges(wwwAuthenticate)
		.filter(({ scheme }) => scheme === 'digest')
		.map(({ parameters }) => toChallenge(parameters))
		.filter((challenge) => challenge !== undefined);
	return answerable.sort((a, b) => strength(b) - strength(a))[0];
}

/** Whether a `WWW-Authenticate` header offers this scheme. */
export function offersScheme(wwwAuthenticate: string, scheme: 'basic' | 'digest'): boolean {
	return parseChallenges(wwwAuthenticate).some((challenge) => challenge.scheme === scheme);
}

/** The request that a challenge is answered for. */
export interface DigestRequest {
	readonly method: string;
	/** Path and query, as on the request line. */
	readonly uri: string;
	readonly username: string;
	readonly password: string;
	/** How many requests have used this nonce, including this one. */
	readonly nonceCount: number;
	/** Random unless given. */
	readonly clientNonce?: string;
}

/** The value of the `Authorization` header that answers a challenge. */
export function digestAuthorization(challenge: Challenge, request: DigestRequest): string {
	const { realm, nonce, algorithm = 'MD5', qop, opaque } = challenge;
	const { method, uri, username, password } = request;
	const cnonce = request.clientNonce ?? randomBytes(16).toString('hex');
	const nc = request.nonceCount.toString(16).padStart(8, '0');
	const hash = (...parts: string[]) =>
		createHash(hashes[baseOf(algorithm)]).update(parts.join(':'), 'utf8').digest('hex');
	const secret = hash(username, realm, password);
	const ha1 = algorithm.endsWith('-sess') ? hash(secret, nonce, cnonce) : secret;
	const ha2 = hash(method, uri);
	const response = qop ? hash(ha1, nonce, nc, cnonce, 'auth', ha2) : hash(ha1, nonce, ha2);
	// RFC 7616, section 3.4, says which values are in quotes.
	return `Digest ${[
		// A header consists of bytes, and RFC 7616 asks for those of UTF-8.
		`username=${quoted(Buffer.from(username, 'utf8').toString('latin1'))}`,
		`realm=${quoted(realm)}`,
		`nonce=${quoted(nonce)}`,
		`uri=${quoted(uri)}`,
		`response="${response}"`,
		...(challenge.algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
		...(qop ? ['qop=auth', `nc=${nc}`] : []),
		...(qop || algorithm.endsWith('-sess') ? [`cnonce="${cnonce}"`] : []),
		...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
	].join(', ')}`;
}

const nonceCounts = new Map<string, number>();

/** Counts the requests of this process that use a nonce. If another process has used it too, the server sends a new challenge. */
export function nextNonceCount(nonce: string): number {
	const count = (nonceCounts.get(nonce) ?? 0) + 1;
	nonceCounts.delete(nonce);
	nonceCounts.set(nonce, count);
	const [longestUnused] = nonceCounts.keys();
	if (nonceCounts.size > 100 && longestUnused !== undefined) nonceCounts.delete(longestUnused);
	return count;
}

interface ParsedChallenge {
	readonly scheme: string;
	readonly parameters: Readonly<Record<string, string>>;
}

/** Splits a header that can contain several challenges. A token without `=` begins the next one (RFC 9110, section 11.6.1). */
function parseChallenges(header: string): ParsedChallenge[] {
	const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
	const pattern = /([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
	for (const [, name = '', quotedValue, token] of header.matchAll(pattern)) {
		const value = quotedValue?.replace(/\\(.)/g, '$1') ?? token;
		if (value === undefined) {
			challenges.push({ scheme: name.toLowerCase(), parameters: {} });
		} else {
			const current = challenges.at(-1);
			if (current !== undefined) current.parameters[name.toLowerCase()] ??= value;
		}
	}
	return challenges;
}

function toChallenge(parameters: Readonly<Record<string, string>>): Challenge | undefined {
	const { realm, nonce, opaque, qop } = parameters;
	const wanted = parameters.algorithm?.toUpperCase();
	const algorithm = algorithms.find((known) => known.toUpperCase() === wanted);
	if (realm === undefined || nonce === undefined) return undefined;
	if (wanted !== undefined && algorithm === undefined) return undefined;
	const offersAuth = qop?.split(',').some((option) => option.trim().toLowerCase() === 'auth');
	// Only auth-int is offered, which also signs the body. No phone system is known to require it.
	if (offersAuth === false) return undefined;
	return {
		realm,
		nonce,
		qop: offersAuth ?? false,
		...(algorithm === undefined ? {} : { algorithm }),
		...(opaque === undefined ? {} : { opaque }),
	};
}

function strength({ algorithm = 'MD5' }: Challenge): number {
	return Object.keys(hashes).indexOf(baseOf(algorithm));
}

function baseOf(algorithm: Algorithm): Hash {
	return algorithm.replace(/-sess$/, '') as Hash;
}

function quoted(text: string): string {
	return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
