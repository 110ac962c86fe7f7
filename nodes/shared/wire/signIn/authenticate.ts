import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import {
	explain,
	explainInvalid,
	type Explanation,
	isExplanation,
	NotSent,
} from '../reply/explanation';
import { isInvalid } from '../text/invalid';
import { type Address, readAddress, tlsOptions } from './address';
import type { Service } from './service';
import { knownSession } from './signIn';

/** A request as n8n gives it to a credential; the HTTP Request node puts the address into `uri`, and fields into `form`. */
export type RequestToSign = IHttpRequestOptions & { uri?: unknown; form?: unknown };

/** A redirect would take the secret along to any host, whatever n8n's nodes say about redirects. */
const noRedirects = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
} as const;

/** How any request to a service is sent, signed or not, through n8n's newer HTTP helper or its older one. */
export function transportOptions(address: Address) {
	return { ...noRedirects, ...tlsOptions(address) };
}

/**
 * Signs a request inside n8n, for any node that sends it, with the vendor's own `signIn`. A request to any other host than the
 * credential's gets no secret and is not sent. `currentSession` is for vendors that issue sessions.
 */
export async function authenticate(
	service: Service,
	credential: ICredentialDataDecryptedObject,
	options: RequestToSign,
	currentSession: (address: Address) => Promise<string> = () => Promise.resolve(''),
): Promise<IHttpRequestOptions> {
	const address = addressOf(service, credential);
	const url = urlOf(options);
	const { origin } = new URL(address.baseUrl);
	if (url?.origin !== origin) throw new NotSent(forAnotherHost(service, origin));
	const session = knownSession(service.signIn, credential) ?? (await currentSession(address));
	const { method = 'GET', headers, body } = options;
	const signed = service.signIn.sign(
		{
			method,
			headers: { ...headers } as Readonly<Record<string, string>>,
			...(typeof body === 'string' ? { body } : {}),
		},
		credential,
		{ session, uri: url.pathname + url.search },
	);
	if (isExplanation(signed)) throw new NotSent(signed);
	return Object.assign(
		options,
		{ headers: { ...signed.headers }, ...(signed.body === undefined ? {} : { body: signed.body }) },
		transportOptions(address),
	);
}

/** Throws for a credential whose address cannot be read. */
export function addressOf(service: Service, credential: ICredentialDataDecryptedObject): Address {
	const address = readAddress(credential, service);
	if (isInvalid(address)) throw new NotSent(explainInvalid(address));
	return address;
}

function urlOf({ url, uri = url, baseURL }: RequestToSign): URL | undefined {
	const text = String(uri);
	return URL.canParse(text, baseURL) ? new URL(text, baseURL) : undefined;
}

function forAnotherHost({ displayName }: Service, origin: string): Explanation {
	return explain(
		'not_sent',
		'invalid_settings',
		`This credential signs in to ${displayName} at ${origin} only; the request is for another address and was not sent.`,
		`Send it to ${origin}, or choose the credential of the other address.`,
	);
}
