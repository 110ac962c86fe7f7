import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { readConnection, tlsOptions } from './address';
import { isInvalid, type HttpRequest, type HttpResponse, type Invalid } from './call';
import { explainTokenError } from './token';
import {
	explainError,
	thrownResponse,
	toHttpResponse,
	type Explanation,
	type Sending,
} from './transport';
import type { Vendor } from './vendor';

/** A way to one vendor, with the node's credential. */
export interface Line {
	readonly baseUrl: string;
	/** Sends once. An `Explanation` means that no response came. */
	send(request: HttpRequest, timeoutSeconds: number): Promise<HttpResponse | Explanation>;
}

/** Opens the way to a vendor; a credential whose address cannot be read gives `Invalid`. */
export async function openLine(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	vendor: Vendor,
): Promise<Line | Invalid> {
	const { credentialType, displayName: vendorName, causeAdvice, renewOn = [401] } = vendor;
	const caller = keepCredential(context, credentialType);
	const connection = readConnection(await caller.getCredentials(credentialType), vendor);
	if (isInvalid(connection)) return connection;
	const { baseUrl } = connection;
	const tokenUrl = vendor.tokenPath === undefined ? undefined : baseUrl + vendor.tokenPath;
	const to = { vendorName, baseUrl, causeAdvice, tokenUrl };
	return {
		baseUrl,
		async send(request, timeoutSeconds) {
			return await exchange(
				async (options) => {
					const { helpers } = caller;
					const response: unknown = await helpers.httpRequestWithAuthentication.call(
						caller,
						credentialType,
						{ ...options, ...tlsOptions(connection) },
						{ oauth2: { tokenExpiredStatusCode: [...renewOn] } },
					);
					return response;
				},
				request,
				{ ...to, timeoutSeconds },
				renewOn,
			);
		},
	};
}

/** So long a credential that was changed in n8n, by a person or another process, is used as it was. */
const keptMilliseconds = 5_000;

/**
 * The context, with a credential that is read every few seconds. n8n would read, decrypt and evaluate it for every
 * request, which takes longer than the request. What n8n renews (a token, a challenge) it puts into this same object.
 */
function keepCredential<Context extends IExecuteFunctions | ILoadOptionsFunctions>(
	context: Context,
	credentialType: string,
): Context {
	let credential: ICredentialDataDecryptedObject = {};
	let until = 0;
	const getCredentials = async () => {
		if (Date.now() >= until) {
			credential = await context.getCredentials(credentialType);
			until = Date.now() + keptMilliseconds;
		}
		return credential;
	};
	return Object.create(context, { getCredentials: { value: getCredentials } }) as Context;
}

/**
 * One HTTP exchange through one of n8n's helpers. No redirect is followed. n8n repeats a request only after one of the
 * statuses `renewOn`, to renew what authenticates it; nothing was placed then.
 */
export async function exchange(
	helper: (options: IHttpRequestOptions) => Promise<unknown>,
	{ method, path, headers, body }: HttpRequest,
	sending: Sending,
	renewOn: readonly number[] = [401],
): Promise<HttpResponse | Explanation> {
	try {
		const response = await helper({
			method,
			url: sending.baseUrl + path,
			headers: { ...headers },
			...(body === undefined ? {} : { body }),
			// Text, or a body that happens to be JSON would arrive parsed.
			encoding: 'text',
			returnFullResponse: true,
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: { ignore: true, except: [...renewOn] },
			timeout: sending.timeoutSeconds * 1000,
		});
		const {
			statusCode,
			headers: received,
			body: text,
		} = Object(response) as Record<string, unknown>;
		return toHttpResponse(statusCode, received, text) ?? explainError(undefined, sending);
	} catch (error) {
		return (
			thrownResponse(error, renewOn) ??
			explainTokenError(error, sending) ??
			explainError(error, sending)
		);
	}
}
