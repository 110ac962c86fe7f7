import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	ITriggerFunctions,
} from 'n8n-workflow';

import {
	explain,
	explainUnreadable,
	type Explanation,
	isExplanation,
	NotSent,
} from '../reply/explanation';
import type { HttpRequest, HttpResponse } from '../reply/http';
import { readAddress, tlsOptions } from '../signIn/address';
import type { Service } from '../signIn/service';
import { knownSession } from '../signIn/signIn';
import { type Invalid, isInvalid } from '../text/invalid';
import { exchange } from './exchange';

/** A connection to one phone system, with the node's credential. */
export interface Connection {
	readonly baseUrl: string;
	/**
	 * Sends a request once, and reads the reply up to `maxCharacters`. An `Explanation` means that no response could be read
	 * in time.
	 */
	send(
		request: HttpRequest,
		timeoutSeconds: number,
		maxCharacters?: number,
	): Promise<HttpResponse | Explanation>;
	/** The headers that sign a GET of this path in, for a connection that n8n's helpers cannot make. It can throw. */
	headersFor(path: string): Promise<Readonly<Record<string, string>> | Explanation>;
}

/** What n8n gives a node that runs, fills a list, or is published. */
export type Context =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| ITriggerFunctions
	| IPollFunctions;

/** Opens a connection; `Invalid` if the address in the credential cannot be used. */
export async function openConnection(
	context: Context,
	service: Service,
): Promise<Connection | Invalid> {
	const { credentialType, displayName: vendorName, causeAdvice, renewOn = [] } = service;
	const credential = await context.getCredentials(credentialType);
	const address = readAddress(credential, service);
	if (isInvalid(address)) return address;
	const { baseUrl } = address;
	const getCredentials = keepCredential(context, credential, service, baseUrl);
	const tokenUrl = service.tokenPath === undefined ? undefined : baseUrl + service.tokenPath;
	const to = { vendorName, baseUrl, causeAdvice, tokenUrl };
	return {
		baseUrl,
		async send(request, timeoutSeconds, maxCharacters) {
			return await exchange(
				async (options) => {
					// n8n takes the abort signal of a request from the context, and ignores the one in the options.
					const caller = overlay(context, {
						getCredentials,
						getExecutionCancelSignal: () => options.abortSignal,
					});
					const response: unknown = await caller.helpers.httpRequestWithAuthentication.call(
						caller,
						credentialType,
						{ ...options, ...tlsOptions(address) },
						{ oauth2: { tokenExpiredStatusCode: [...renewOn] } },
					);
					return response;
				},
				request,
				{ ...to, timeoutSeconds },
				{ renewOn, maxCharacters, cancel: cancelSignalOf(context) },
			);
		},
		async headersFor(path) {
			const current = await getCredentials();
			const session = knownSession(service.signIn, current) ?? '';
			const { pathname, search } = new URL(baseUrl + path);
			const given = { session, uri: pathname + search };
			const signed = service.signIn.sign({ method: 'GET', headers: {} }, current, given);
			return isExplanation(signed) ? signed : signed.headers;
		},
	};
}

function cancelSignalOf(context: Context): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** The context with some methods replaced. The others are called on the context itself, which may have private fields. */
function overlay<One extends object>(context: One, own: Partial<One>): One {
	const isOwn = (name: PropertyKey): name is keyof One => Object.hasOwn(own, name);
	return new Proxy(context, {
		has: (target, name) => isOwn(name) || name in target,
		get(target, name) {
			if (isOwn(name)) return own[name];
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		},
	});
}

/** For this long, a credential is used unchanged after a person or another process changed it in n8n. */
const keptMilliseconds = 5_000;

/**
 * A `getCredentials` that reads every few seconds. n8n would read, decrypt and evaluate the credential for every request,
 * which takes 1 ms: Switchvox with Digest would take 0.57 of HTTP Request's time per call, not 0.48 (`pnpm bench` asks for
 * 0.4). If n8n renews a token or a challenge, it puts it into this same object; if another process does, the next reading has
 * it. If the credential can no longer be read, or its address has changed, the request is not sent.
 */
function keepCredential(
	context: Context,
	credential: ICredentialDataDecryptedObject,
	service: Service,
	baseUrl: string,
) {
	let until = Date.now() + keptMilliseconds;
	let reading = Promise.resolve(credential);
	const read = async () => {
		const changed = await context.getCredentials(service.credentialType).catch((error: unknown) => {
			throw new NotSent(explainUnreadable(error));
		});
		const address = readAddress(changed, service);
		if (isInvalid(address) || address.baseUrl !== baseUrl) throw new NotSent(readdressed);
		return changed;
	};
	return async <T extends object>() => {
		if (Date.now() >= until) {
			until = Date.now() + keptMilliseconds;
			reading = read();
			// A failed reading is not kept: the next request reads again.
			reading.catch(() => (until = 0));
		}
		return (await reading) as T;
	};
}

/** The secret of one phone system must not go to another. */
const readdressed = explain(
	'not_sent',
	'invalid_credential',
	'The address in the credential was changed while the workflow ran.',
	'Run it again for this item.',
);
