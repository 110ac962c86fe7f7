import type { Explanation } from '../reply/explanation';
import type { HttpRequest, HttpResponse } from '../reply/http';

/** What a vendor issues before the first request and accepts for a while: a challenge to answer, or a token. */
export interface Session {
	readonly kind: 'session';
	readonly value: string;
	/** Undefined if it is good until the vendor refuses it. */
	readonly lifetimeSeconds?: number | undefined;
}

/** What a program can say about the certificate of a phone system on the premises, in a credential. */
export type CertificateOptions = Readonly<{
	/** Whether to connect even if the certificate cannot be validated. */
	allowUnauthorizedCerts?: boolean;
	/** Certificate to trust, in PEM format. */
	caCertificate?: string;
}>;

/** How to get a session. */
export interface SessionRules<Credential extends object> {
	/** The session that the credential itself decides on, so that nobody has to ask the vendor for one. */
	known?(credential: Credential): string | undefined;
	request(credential: Credential, baseUrl: string): HttpRequest;
	read(answer: HttpResponse | Explanation, credential: Credential): Session | Explanation;
	readonly timeoutSeconds: number;
	/** Whether requests must arrive in the order in which they were signed, as with the count of a Digest nonce. */
	readonly isOrdered?: true;
}

/** The parts of a request that signing looks at. n8n's HTTP Request node sends any method. */
export type Unsigned = Pick<HttpRequest, 'headers' | 'body'> & { readonly method: string };

/**
 * How a vendor signs requests: for its credential in n8n, for the test of that credential, and for programs. Fields that the
 * credential lacks are undefined.
 */
export interface SignIn<Credential extends object = object> {
	/** Absent if requests are signed with the credential alone. */
	readonly session?: SessionRules<Credential>;
	/**
	 * Returns the signed request, or why it cannot be signed; it is not sent then. `uri` is path and query, as on the
	 * request line; `session` is empty without {@link SessionRules}.
	 */
	sign<Request extends Unsigned>(
		request: Request,
		credential: Credential,
		given: { readonly session: string; readonly uri: string },
	): Request | Explanation;
}

/** The session to sign with if nobody has to ask the vendor for one; undefined otherwise. */
export function knownSession({ session }: SignIn, credential: object): string | undefined {
	return session === undefined ? '' : session.known?.(credential);
}

/** Asks the vendor for a session, through `send`. */
export async function askForSession(
	{ session }: SignIn,
	credential: object,
	baseUrl: string,
	send: (request: HttpRequest, timeoutSeconds: number) => Promise<HttpResponse | Explanation>,
): Promise<Session | Explanation> {
	if (session === undefined) return { kind: 'session', value: '' };
	const answer = await send(session.request(credential, baseUrl), session.timeoutSeconds);
	return session.read(answer, credential);
}
