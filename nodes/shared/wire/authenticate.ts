import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import type { Vendor } from '../calling/vendor';
import { readConnection, tlsOptions } from './address';
import { explainInvalid, type Explanation, NotSent } from './explanation';
import { isInvalid } from './invalid';

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
	vendor: Vendor,
	credential: ICredentialDataDecryptedObject,
	options: RequestToSign,
	ticket = '',
): IHttpRequestOptions {
	const connection = readConnection(credential, vendor);
	if (isInvalid(connection)) throw new NotSent(explainInvalid(connection));
	const url = urlOf(options);
	const { origin } = new URL(connection.baseUrl);
	if (url?.origin !== origin) throw new NotSent(forAnotherAddress(vendor, origin));
	const { method = 'GET', headers, body } = options;
	const signed = vendor.signIn.sign(
		{
			method,
			headers: { ...headers } as Readonly<Record<string, string>>,
			...(typeof body === 'string' ? { body } : {}),
		},
		credential,
		{ ticket, uri: url.pathname + url.search },
	);
	if ('what' in signed) throw new NotSent(signed);
	return Object.assign(
		options,
		{ headers: { ...signed.headers }, ...(signed.body === undefined ? {} : { body: signed.body }) },
		noRedirects,
		tlsOptions(connection),
	);
}

function urlOf({ url, uri = url, baseURL }: RequestToSign): URL | undefined {
	const text = String(uri);
	return URL.canParse(text, baseURL) ? new URL(text, baseURL) : undefined;
}

function forAnotherAddress({ displayName }: Vendor, origin: string): Explanation {
	return {
		status: 'not_sent',
		reason: 'invalid_settings',
		what: `This credential signs in to ${displayName} at ${origin} only; the request is for another address and was not sent.`,
		advice: `Send it to ${origin}, or choose the credential of the other address.`,
		httpStatus: null,
	};
}
