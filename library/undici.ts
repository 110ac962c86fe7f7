import { explain, type Explanation, isExplanation } from '../nodes/shared/wire/reply/explanation';
import type { Address } from '../nodes/shared/wire/signIn/address';
import { isRecord } from '../nodes/shared/wire/text/values';
import type { Dispatcher } from './exchange';

/** We opened it, so we close it. */
export interface OwnDispatcher extends Dispatcher {
	close(): Promise<void>;
}

/**
 * Keeps connections to one vendor alive, through a proxy if the environment names one (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `NO_PROXY`). Programs install undici themselves; the explanation says if it is missing.
 */
export async function openDispatcher({
	baseUrl,
	allowUnauthorizedCerts,
	caCertificate,
}: Address): Promise<OwnDispatcher | Explanation> {
	const undici = await loadUndici();
	if (isExplanation(undici)) return undici;
	const tls = {
		...(allowUnauthorizedCerts ? { rejectUnauthorized: false } : {}),
		...(caCertificate === undefined ? {} : { ca: caCertificate }),
	};
	try {
		return openRoute(undici, new URL(baseUrl).origin, tls);
	} catch {
		return explain(
			'not_sent',
			'invalid_settings',
			'The proxy in the environment variables cannot be used.',
			'Correct the address in HTTPS_PROXY or HTTP_PROXY.',
		);
	}
}

type Undici = typeof import('undici');

/**
 * undici searches the environment for a proxy at every request, which takes 20 to 40 µs. When it has made the pool for the
 * vendor, with the connections through the proxy if there is one, requests go right to that pool until undici closes it.
 */
function openRoute(
	{ EnvHttpProxyAgent, Pool }: Undici,
	origin: string,
	tls: object,
): OwnDispatcher {
	let pool: InstanceType<Undici['Pool']> | undefined;
	const agent = new EnvHttpProxyAgent({
		// With HTTP/2, undici may move a request to another connection on its own.
		allowH2: false,
		connect: tls,
		requestTls: tls,
		factory(target, options) {
			const made = new Pool(target, options);
			// A proxy that does not tunnel has a pool of its own, which needs other requests.
			if (target === origin) pool = made;
			return made;
		},
	});
	return {
		dispatch: (request, handler) =>
			(pool?.closed === false ? pool : agent).dispatch(request, handler),
		close: async () => await agent.close(),
	};
}

async function loadUndici(): Promise<Undici | Explanation> {
	try {
		return await import('undici');
	} catch (error) {
		const isMissing = isRecord(error) && error.code === 'MODULE_NOT_FOUND';
		return explain(
			'not_sent',
			'invalid_settings',
			isMissing
				? 'Calls are sent with the package undici, which is not installed.'
				: 'Calls are sent with the package undici, which cannot be loaded.',
			'Install it with: npm install undici. Or pass one of its dispatchers to createClient.',
		);
	}
}
