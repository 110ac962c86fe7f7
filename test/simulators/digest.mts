import { createHash, randomBytes } from 'node:crypto';

/** HTTP Digest as a server checks it: RFC 7616, RFC 2617 and, without qop, RFC 2069. */

export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';

export interface DigestOptions {
	readonly realm: string;
	readonly algorithm?: DigestAlgorithm;
	/** false: a challenge as in RFC 2069, and no answer with qop, nc or cnonce is taken. */
	readonly qop?: boolean;
	/** After so many requests a nonce is stale; default: never. */
	readonly nonceLifetimeRequests?: number;
	/**
	 * Takes what many servers let pass: qop, algorithm and nc in quotes, nc with more digits; challenges without a comma
	 * or `=` in their values. n8n's HTTP Request node answers no other server. Default false.
	 */
	readonly lenient?: boolean;
	/** undefined: there is no such user. */
	readonly passwordOf: (username: string) => string | undefined;
	readonly makeNonce?: () => string;
	readonly opaque?: string;
}

export type DigestVerdict =
	| { readonly result: 'accepted'; readonly username: string }
	/** A correct answer to a valid challenge, except for the user name or the password. */
	| { readonly result: 'wrongPassword' }
	/** `why` is for a test that fails, not for the wire. */
	| { readonly result: 'challenge'; readonly stale: boolean; readonly why: string };

export interface DigestAuthentication {
	/** The value of WWW-Authenticate, with a nonce of its own. */
	challenge(stale?: boolean): string;
	check(authorization: string | undefined, method: string, path: string): DigestVerdict;
	/** Makes every nonce given out so far stale. */
	expireNonces(): void;
}

interface NonceUse {
	lastCount: number;
	requests: number;
}

/** The parameters of an answer after its form has been checked. */
interface DigestAnswer {
	readonly username: string;
	readonly realm: string;
	readonly nonce: string;
	readonly uri: string;
	readonly response: string;
	readonly opaque?: string;
	readonly algorithm?: string;
	readonly protection?: { readonly qop: string; readonly nc: string; readonly cnonce: string };
}

export function createDigestAuthentication(options: DigestOptions): DigestAuthentication {
	const { realm, algorithm = 'MD5', qop = true, nonceLifetimeRequests = Infinity } = options;
	const { lenient = false } = options;
	if (!qop && algorithm.endsWith('-sess')) {
		throw new Error(`${algorithm} needs a cnonce, which an answer without qop must not carry`);
	}
	const makeNonce = options.makeNonce ?? (lenient ? () => randomText('hex') : randomNonce);
	const opaque = options.opaque ?? (qop ? randomText(lenient ? 'hex' : 'base64') : undefined);
	const nonces = new Map<string, NonceUse>();

	const challenge = (stale = false) => {
		const nonce = makeNonce();
		nonces.set(nonce, { lastCount: 0, requests: 0 });
		const parameters = [`realm="${realm}"`, `nonce="${nonce}"`];
		if (qop) parameters.push('qop="auth"');
		if (qop || algorithm !== 'MD5') parameters.push(`algorithm=${algorithm}`);
		if (opaque !== undefined) parameters.push(`opaque="${opaque}"`);
		if (algorithm.startsWith('SHA')) parameters.push('charset=UTF-8');
		if (stale) parameters.push('stale=true');
		return `Digest ${parameters.join(', ')}`;
	};

	const check: DigestAuthentication['check'] = (authorization, method, path) => {
		const answer = readAnswer(authorization, qop, lenient);
		if (typeof answer === 'string') return again(answer);
		const mismatch = compare(answer, { realm, algorithm, opaque, path });
		if (mismatch !== null) return again(mismatch);
		const password = options.passwordOf(answer.username);
		const expected =
			password !== undefined && digestResponse({ ...answer, algorithm, method, password });
		const right = answer.response === expected;
		const use = nonces.get(answer.nonce);
		if (use === undefined || use.requests >= nonceLifetimeRequests) {
			return { result: 'challenge', stale: right, why: 'nonce is not or no longer good' };
		}
		if (!right) return { result: 'wrongPassword' };
		if (answer.protection) {
			const count = parseInt(answer.protection.nc, 16);
			if (count <= use.lastCount) return again('nc does not increase: a replay');
			use.lastCount = count;
		}
		use.requests += 1;
		return { result: 'accepted', username: answer.username };
	};

	return {
		challenge,
		check,
		expireNonces: () => {
			nonces.clear();
		},
	};
}

function again(why: string): DigestVerdict {
	return { result: 'challenge', stale: false, why };
}

function randomText(encoding: 'hex' | 'base64'): string {
	return randomBytes(12).toString(encoding);
}

/** Base64 may end in `=`; the comma catches clients that split a header at every comma. */
function randomNonce(): string {
	return `${Date.now().toString(16)},${randomBytes(16).toString('base64')}`;
}

interface Expectation {
	readonly realm: string;
	readonly algorithm: DigestAlgorithm;
	readonly opaque: string | undefined;
	readonly path: string;
}

function compare(answer: DigestAnswer, expected: Expectation): string | null {
	if (answer.realm !== expected.realm) return 'realm differs from the challenge';
	if (answer.uri !== expected.path) return 'uri differs from the request target';
	if (answer.opaque !== expected.opaque) return 'opaque differs from the challenge';
	// Without the parameter both sides assume MD5 (RFC 7616 section 3.3).
	const algorithm = answer.algorithm ?? 'MD5';
	if (algorithm.toLowerCase() !== expected.algorithm.toLowerCase()) {
		return 'algorithm differs from the challenge';
	}
	return null;
}

export interface DigestInput {
	readonly algorithm: DigestAlgorithm;
	readonly username: string;
	readonly password: string;
	readonly realm: string;
	readonly nonce: string;
	readonly method: string;
	readonly uri: string;
	/** Absent: RFC 2069. */
	readonly protection?: { readonly qop: string; readonly nc: string; readonly cnonce: string };
}

/** RFC 7616 section 3.4.1, in lower-case hex. */
export function digestResponse(input: DigestInput): string {
	const { algorithm, username, password, realm, nonce, method, uri, protection } = input;
	const hash = (text: string) =>
		createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
			.update(text, 'utf8')
			.digest('hex');
	let a1 = hash(`${username}:${realm}:${password}`);
	if (algorithm.endsWith('-sess')) a1 = hash(`${a1}:${nonce}:${protection?.cnonce ?? ''}`);
	const a2 = hash(`${method}:${uri}`);
	if (!protection) return hash(`${a1}:${nonce}:${a2}`);
	return hash(`${a1}:${nonce}:${protection.nc}:${protection.cnonce}:${protection.qop}:${a2}`);
}

const quotedParameters = ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'opaque'];
const bareParameters = ['algorithm', 'qop', 'nc', 'userhash'];

/** The answer, or what is wrong with its form. RFC 7616 section 3.4 fixes what is quoted and what is not. */
function readAnswer(
	authorization: string | undefined,
	qop: boolean,
	lenient: boolean,
): DigestAnswer | string {
	const parameters = parseDigestParameters(authorization);
	if (parameters === null) return 'no well-formed Digest answer';
	for (const [name, { quoted }] of parameters) {
		if (quotedParameters.includes(name) && !quoted) return `${name} must be quoted`;
		if (!lenient && bareParameters.includes(name) && quoted) return `${name} must not be quoted`;
	}
	const value = (name: string) => parameters.get(name)?.value;
	const [username, realm, nonce, uri, response] = quotedParameters.map(value);
	if (!username || realm === undefined || !nonce || !uri || !response)
		return 'a parameter is missing';
	if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(response)) return 'response is not lower-case hex';
	if (value('userhash') === 'true') return 'userhash was not offered';
	const opaque = value('opaque');
	const algorithm = value('algorithm');
	const answer = { username, realm, nonce, uri, response, opaque, algorithm };

	const protection = { qop: value('qop'), nc: value('nc'), cnonce: value('cnonce') };
	if (!qop) {
		const sent = Object.values(protection).some((one) => one !== undefined);
		return sent ? 'qop was not offered: no qop, nc or cnonce' : answer;
	}
	const { nc, cnonce } = protection;
	if (protection.qop !== 'auth') return 'qop must be auth';
	if (!nc || !(lenient ? /^[0-9a-f]{8,}$/ : /^[0-9a-f]{8}$/).test(nc))
		return 'nc must be 8 lower-case hex digits';
	if (!cnonce) return 'cnonce is missing';
	return { ...answer, protection: { qop: 'auth', nc, cnonce } };
}

type DigestParameters = Map<string, { readonly value: string; readonly quoted: boolean }>;

const parameterPattern =
	/[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))[ \t]*(,|$)/y;

/** null unless the whole header is `Digest` and well-formed parameters, each of them once. */
export function parseDigestParameters(authorization: string | undefined): DigestParameters | null {
	const start = /^Digest[ ]+/i.exec(authorization ?? '');
	if (start === null || authorization === undefined) return null;
	// Node decodes headers as Latin-1, clients encode them in UTF-8 (RFC 7616 section 4).
	const text = Buffer.from(authorization, 'latin1').toString('utf8');
	const parameters: DigestParameters = new Map();
	let position = start[0].length;
	for (;;) {
		parameterPattern.lastIndex = position;
		const match = parameterPattern.exec(text);
		const name = match?.[1]?.toLowerCase();
		if (!match || name === undefined || parameters.has(name)) return null;
		const quoted = match[2];
		parameters.set(name, {
			value: quoted === undefined ? (match[3] ?? '') : quoted.replace(/\\(.)/g, '$1'),
			quoted: quoted !== undefined,
		});
		position = parameterPattern.lastIndex;
		if (match[4] !== ',') return parameters;
	}
}
