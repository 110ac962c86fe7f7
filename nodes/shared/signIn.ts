import type { HttpRequest, HttpResponse, Invalid } from './call';
import type { Explanation } from './transport';

/** What a vendor gives out ahead of a call and takes for a while: a challenge to answer, or a token. */
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

/**
 * How a request is signed in, for programs without n8n, which does it through the class in `credentials/`. Both call the
 * same functions. What of a credential is not given is undefined.
 */
export interface SignIn<Credential extends object = object> {
	/** Absent where a request can be signed in without one. */
	readonly tickets?: Tickets<Credential>;
	/** The request with what signs it in. `uri` is path and query as on the request line; `ticket` is empty without {@link tickets}. */
	sign(
		request: HttpRequest,
		credential: Credential,
		given: { readonly ticket: string; readonly uri: string },
	): HttpRequest | Invalid;
}
