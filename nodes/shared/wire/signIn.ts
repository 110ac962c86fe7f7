import type { Explanation } from './explanation';
import type { HttpRequest, HttpResponse } from './http';

/** What a vendor gives out before a call and takes for a while: a challenge to answer, or a token. */
export interface Ticket {
	readonly ticket: string;
	/** Undefined where it is good until the vendor refuses it. */
	readonly lifetimeSeconds?: number | undefined;
}

/** Where a ticket comes from. */
export interface Tickets<Credential extends object> {
	/** What asks for one; a ticket where none has to be asked for. */
	request(credential: Credential, baseUrl: string): HttpRequest | Ticket;
	read(answer: HttpResponse | Explanation, credential: Credential): Ticket | Explanation;
	readonly timeoutSeconds: number;
}

/** What of a request a sign-in looks at; n8n's own nodes send with any method. */
export type Unsigned = Pick<HttpRequest, 'headers' | 'body'> & { readonly method: string };

/**
 * How a request is signed in: in n8n by the class in `credentials/` and by the test of a credential, in a program by its client.
 * What of a credential is not given is undefined.
 */
export interface SignIn<Credential extends object = object> {
	/** Absent where a request can be signed in without one. */
	readonly tickets?: Tickets<Credential>;
	/**
	 * The request with what signs it in; an explanation where that cannot be, and nothing is sent then. `uri` is path and query
	 * as on the request line; `ticket` is empty without {@link tickets}.
	 */
	sign<Request extends Unsigned>(
		request: Request,
		credential: Credential,
		given: { readonly ticket: string; readonly uri: string },
	): Request | Explanation;
}
