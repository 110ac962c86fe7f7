import type { Address } from '../nodes/shared/wire/address';
import { type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import { isRecord } from '../nodes/shared/wire/values';
import type { Dispatcher } from './exchange';

/** A dispatcher of our own, which is ours to close. */
export interface OwnDispatcher extends Dispatcher {
	close(): Promise<void>;
}

/**
 * Connections to one vendor that are kept alive, through a proxy where the environment names one (`HTTPS_PROXY`,
 * `HTTP_PROXY`, `NO_PROXY`). undici is the program's to install: without it, the explanation says so.
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
		// HTTP/2 may hand a request from one connection to another by itself.
		return new undici.EnvHttpProxyAgent({ allowH2: false, connect: tls, requestTls: tls });
	} catch {
		return {
			kind: 'explanation',
			status: 'not_sent',
			reason: 'invalid_settings',
			what: 'The proxy that the environment names cannot be used.',
			advice: 'Correct the address in HTTPS_PROXY or HTTP_PROXY.',
			httpStatus: null,
		};
	}
}

async function loadUndici(): Promise<typeof import('undici') | Explanation> {
	try {
		return await import('undici');
	} catch (error) {
		const isMissing = isRecord(error) && error.code === 'MODULE_NOT_FOUND';
		return {
			kind: 'explanation',
			status: 'not_sent',
			reason: 'invalid_settings',
			what: isMissing
				? 'The package undici is not installed, and calls are sent with it.'
				: 'The package undici cannot be loaded, and calls are sent with it.',
			advice: 'Install it with: npm install undici. Or hand in a dispatcher of it.',
			httpStatus: null,
		};
	}
}
