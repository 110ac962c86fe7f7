import { Agent, request } from 'undici';
import { digestResponse, parseDigestParameters } from './digest.mts';
import type { DigestAlgorithm } from './digest.mts';
import { parseXml } from './xml.mts';
import type { XmlElement } from './xml.mts';

/** The HTTP client of the simulators' own tests. */

export interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface Sending {
	readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
	readonly path?: string;
	readonly body?: string | Buffer;
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
}

export interface Client {
	send(sending: Sending): Promise<Reply>;
	close(): Promise<void>;
}

export interface Target {
	readonly url: string;
	readonly caCertificate: string;
}

/** Trusts only the simulator's certificate. Follows no redirects and retries nothing. */
export function createClient(target: Target, host = '127.0.0.1'): Client {
	const dispatcher = new Agent({ connect: { ca: target.caCertificate, timeout: 2000 } });
	return {
		send: async ({ method = 'POST', path = '/xml', body, headers, signal }) => {
			const url = target.url.replace('127.0.0.1', host) + path;
			const sent = { method, headers, body, signal, dispatcher };
			const response = await request(url, sent);
			const received = Object.entries(response.headers).map(([name, value]) => [
				name,
				String(value),
			]);
			return {
				status: response.statusCode,
				headers: Object.fromEntries(received) as Record<string, string>,
				body: await response.body.text(),
			};
		},
		close: () => dispatcher.destroy(),
	};
}

export interface Login {
	readonly username: string;
	readonly password: string;
}

export function basic({ username, password }: Login): string {
	return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export interface DigestChallenge {
	readonly realm: string;
	readonly nonce: string;
	readonly algorithm?: string;
	readonly qop?: string;
	readonly opaque?: string;
	readonly stale?: string;
	readonly charset?: string;
}

export function readChallenge(reply: Reply): DigestChallenge {
	const parameters = parseDigestParameters(reply.headers['www-authenticate']);
	if (!parameters) throw new Error('no Digest challenge');
	const values = [...parameters].map(([name, { value }]) => [name, value]);
	return Object.fromEntries(values) as unknown as DigestChallenge;
}

/** `nc` is sent as given; null omits qop, nc and cnonce, as in RFC 2069. */
export function digest(
	login: Login,
	challenge: DigestChallenge,
	nc: string | null = '00000001',
	uri = '/xml',
): string {
	const { realm, nonce, opaque } = challenge;
	const algorithm = (challenge.algorithm ?? 'MD5') as DigestAlgorithm;
	const protection = nc === null ? undefined : { qop: 'auth', nc, cnonce: 'cnonce=,1' };
	const input = { ...login, realm, nonce, algorithm, protection, uri, method: 'POST' };
	const parts = [
		`username="${login.username}"`,
		`realm="${realm}"`,
		`nonce="${nonce}"`,
		`uri="${uri}"`,
		`response="${digestResponse(input)}"`,
	];
	if (challenge.algorithm) parts.push(`algorithm=${algorithm}`);
	if (opaque) parts.push(`opaque="${opaque}"`);
	if (protection) parts.push(`qop=auth, nc=${protection.nc}, cnonce="${protection.cnonce}"`);
	return `Digest ${parts.join(', ')}`;
}

/** The document as a tree, without whitespace around text. */
export function xmlTree(xml: string): unknown {
	const parsed = parseXml(Buffer.from(xml));
	if ('fault' in parsed) throw new Error(`${parsed.fault} in ${xml}`);
	const simplify = ({ name, attributes, children, text }: XmlElement): unknown => ({
		name,
		attributes,
		children: children.map(simplify),
		text: text.trim(),
	});
	return simplify(parsed.root);
}

/** The codes and messages of every `<error>` in a reply. */
export function errorsIn(reply: Reply): string[] {
	const parsed = parseXml(Buffer.from(reply.body));
	if ('fault' in parsed) throw new Error(`${parsed.fault} in ${reply.body}`);
	const errors = parsed.root.children.find(({ name }) => name === 'errors');
	return (errors?.children ?? []).map(
		({ attributes }) => `${attributes.code ?? ''} ${attributes.message ?? ''}`,
	);
}

/** The attributes of every element of that name in a reply, in document order. */
export function attributesOf(reply: Reply, name: string): Readonly<Record<string, string>>[] {
	const parsed = parseXml(Buffer.from(reply.body));
	if ('fault' in parsed) throw new Error(`${parsed.fault} in ${reply.body}`);
	const collect = (element: XmlElement): Readonly<Record<string, string>>[] => [
		...(element.name === name ? [element.attributes] : []),
		...element.children.flatMap(collect),
	];
	return collect(parsed.root);
}
