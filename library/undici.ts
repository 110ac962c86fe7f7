import type { Address } from '../nodes/shared/wire/address';
import { explain, type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import { isRecord } from '../nodes/shared/wire/values';
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
		// With HTTP/2, undici may move a request to another connection on its own.
		return new undici.EnvHttpProxyAgent({ allowH2: false, connect: tls, requestTls: tls });
	} catch {
		return explain(
			'not_sent',
			'invalid_settings',
			'The proxy that the environment names cannot be used.',
			'Correct the address in HTTPS_PROXY or HTTP_PROXY.',
		);
	}
}

async function loadUndici(): Promise<typeof import('undici') | Explanation> {
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
			'Install it with: npm install undici. Or hand in one of its dispatchers.',
		);
	}
}
