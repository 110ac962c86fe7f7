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
	explainUnreadable,
	NotSent,
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
	const credential = await context.getCredentials(credentialType);
	const connection = readConnection(credential, vendor);
	if (isInvalid(connection)) return connection;
	const caller = keepCredential(context, credential, vendor);
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
 * request, which takes longer than the request. What n8n renews (a token, a challenge) it puts into this same object;
 * what another process renewed comes with the next reading. A credential that cannot be read any more, or is for
 * another address by now, keeps the request back.
 */
function keepCredential<Context extends IExecuteFunctions | ILoadOptionsFunctions>(
	context: Context,
	credential: ICredentialDataDecryptedObject,
	vendor: Vendor,
): Context {
	const { baseUrl } = connectionOf(credential, vendor);
	let until = Date.now() + keptMilliseconds;
	let reading = Promise.resolve(credential);
	const read = async () => {
		const changed = await context.getCredentials(vendor.credentialType).catch((error: unknown) => {
			throw new NotSent(explainUnreadable(error));
		});
		if (connectionOf(changed, vendor).baseUrl !== baseUrl) throw new NotSent(readdressed);
		return changed;
	};
	const getCredentials = async () => {
		if (Date.now() >= until) {
			until = Date.now() + keptMilliseconds;
			reading = read();
			// Not kept: the next request asks again.
			reading.catch(() => (until = 0));
		}
		return await reading;
	};
	return Object.create(context, { getCredentials: { value: getCredentials } }) as Context;
}

function connectionOf(
	credential: ICredentialDataDecryptedObject,
	vendor: Vendor,
): { readonly baseUrl?: string } {
	const connection = readConnection(credential, vendor);
	return isInvalid(connection) ? {} : connection;
}

/** The secret of one phone system must not go to another. */
const readdressed: Explanation = {
	status: 'not_sent',
	reason: 'invalid_credential',
	what: 'The address in the credential was changed while the workflow ran.',
	advice: 'Run it again for this item.',
	httpStatus: null,
};

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
