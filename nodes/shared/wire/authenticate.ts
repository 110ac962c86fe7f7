import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { readAddress, tlsOptions } from './address';
import { explainInvalid, type Explanation, isExplanation, NotSent } from './explanation';
import { isInvalid } from './invalid';
import type { Service } from './service';

/** What n8n gives a credential to sign: its own HTTP Request node, which can use any, has the address in `uri` and fields in `form`. */
export type RequestToSign = IHttpRequestOptions & { uri?: unknown; form?: unknown };

/** A redirect would take the secret along to wherever it leads, whatever n8n's nodes say about redirects. */
const noRedirects = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
} as const;

/**
 * Signs a request inside n8n, whichever node sends it, by the vendor's own `signIn`. One that is not for the address in the
 * credential gets no secret, and is not sent.
 */
export function authenticate(
	service: Service,
	credential: ICredentialDataDecryptedObject,
	options: RequestToSign,
	ticket = '',
): IHttpRequestOptions {
	const address = readAddress(credential, service);
	if (isInvalid(address)) throw new NotSent(explainInvalid(address));
	const url = urlOf(options);
	const { origin } = new URL(address.baseUrl);
	if (url?.origin !== origin) throw new NotSent(forAnotherAddress(service, origin));
	const { method = 'GET', headers, body } = options;
	const signed = service.signIn.sign(
		{
			method,
			headers: { ...headers } as Readonly<Record<string, string>>,
			...(typeof body === 'string' ? { body } : {}),
		},
		credential,
		{ ticket, uri: url.pathname + url.search },
	);
	if (isExplanation(signed)) throw new NotSent(signed);
	return Object.assign(
		options,
		{ headers: { ...signed.headers }, ...(signed.body === undefined ? {} : { body: signed.body }) },
		noRedirects,
		tlsOptions(address),
	);
}

function urlOf({ url, uri = url, baseURL }: RequestToSign): URL | undefined {
	const text = String(uri);
	return URL.canParse(text, baseURL) ? new URL(text, baseURL) : undefined;
}

function forAnotherAddress({ displayName }: Service, origin: string): Explanation {
	return {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'invalid_settings',
		what: `This credential signs in to ${displayName} at ${origin} only; the request is for another address and was not sent.`,
		advice: `Send it to ${origin}, or choose the credential of the other address.`,
		httpStatus: null,
	};
}
