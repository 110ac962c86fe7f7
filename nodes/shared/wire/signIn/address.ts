import type { IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

import { invalid, type Invalid } from '../text/invalid';

/** The part of a credential that says how to reach the phone system. */
export interface Address {
	/** Scheme, host, port and path prefix, without a slash at the end. */
	readonly baseUrl: string;
	readonly allowUnauthorizedCerts: boolean;
	/** PEM; trusted instead of the built-in authorities. */
	readonly caCertificate?: string;
}

/** Where the API of a phone system is. */
export interface AddressRules {
	/** Paths of the API that users paste with the base URL. They are removed, because each request adds its own. */
	readonly endpoints?: readonly string[];
	/** Base URLs by the value of the credential's field `environment`; for any other value, `baseUrl` is used. */
	readonly environments?: Readonly<Record<string, string>>;
}

/** Reads the fields that all credentials have. */
export function readAddress(
	credential: Readonly<Record<string, unknown>>,
	{ endpoints = [], environments = {} }: AddressRules,
): Address | Invalid {
	const entered = environments[String(credential.environment)] ?? credential.baseUrl;
	const baseUrl = parseBaseUrl(entered, endpoints);
	if (typeof baseUrl !== 'string') return baseUrl;
	const caCertificate = readCertificate(credential.caCertificate);
	if (typeof caCertificate === 'object') return caCertificate;
	return {
		baseUrl,
		allowUnauthorizedCerts: credential.allowUnauthorizedCerts === true,
		...(caCertificate === undefined ? {} : { caCertificate }),
	};
}

/** Accepts an address without a scheme (https is used), with a slash at the end, or with a path. */
function parseBaseUrl(entered: unknown, endpoints: readonly string[]): string | Invalid {
	const text = typeof entered === 'string' ? entered.trim() : '';
	if (text === '') return refused(' is empty. Enter the address of the phone system,');
	// Checked before anything is parsed or quoted: after a / in a password, the rest would look like a path.
	if (text.includes('@')) {
		return refused(
			' holds a user name or password (it has an @). Enter those in their own fields, and here only the address,',
		);
	}
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(withScheme)) return refused(`, "${text}", is not an address. Enter one`);
	const url = new URL(withScheme);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return refused(` starts with ${url.protocol}//. Enter an address with https:// (or http://),`);
	}
	if (url.search !== '' || url.hash !== '') {
		return refused(' has a ? or #. Enter only what comes before it,');
	}
	const path = url.pathname.replace(/\/+$/, '');
	const endpoint = endpoints.find((candidate) => path.endsWith(candidate));
	return url.origin + (endpoint === undefined ? path : path.slice(0, -endpoint.length));
}

const pemCertificate = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Restores the line breaks that PEM needs. An expression or a one-line field may have removed them. */
function readCertificate(entered: unknown): string | undefined | Invalid {
	const text = typeof entered === 'string' ? entered.trim() : '';
	if (text === '') return undefined;
	const certificates = [...text.matchAll(pemCertificate)].map(([, base64 = '']) => {
		const lines = base64.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
		return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
	});
	if (certificates.length > 0) return certificates.join('');
	return invalid(
		'CA Certificate in the credential is not in PEM format. Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
	);
}

function refused(why: string): Invalid {
	return invalid(`Base URL in the credential${why} such as https://pbx.example.com.`);
}

/** A notice below the Base URL of a credential. */
export function httpNotice(
	secret: 'password' | 'key' | 'secret',
	show: NonNullable<INodeProperties['displayOptions']>['show'] = {},
): INodeProperties {
	return {
		displayName: `Over http, anyone on the network between n8n and the phone system can read the ${secret}. Use https if you can.`,
		name: 'httpNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...show, baseUrl: [{ _cnd: { startsWith: 'http://' } }] } },
	};
}

/** The fields of a credential for phone systems on the premises, whose certificates are often self-signed. */
export const certificateFields: INodeProperties[] = [
	{
		displayName: 'Ignore SSL Issues (Insecure)',
		name: 'allowUnauthorizedCerts',
		type: 'boolean',
		default: false,
		description: 'Whether to connect even if SSL certificate validation is not possible',
	},
	{
		displayName: 'CA Certificate',
		name: 'caCertificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. -----BEGIN CERTIFICATE-----',
		description:
			'Certificate to trust, in PEM format: the self-signed certificate of the phone system, or the one of the authority that signed it',
		displayOptions: { show: { allowUnauthorizedCerts: [false] } },
	},
];

interface TlsOptions
	extends Pick<IHttpRequestOptions, 'skipSslCertificateValidation' | 'agentOptions'> {
	/** The same for n8n's older helper, which credential tests and the HTTP Request node use. */
	readonly rejectUnauthorized?: false;
}

/** The certificate options of n8n's HTTP helpers. */
export function tlsOptions({ allowUnauthorizedCerts, caCertificate }: Address): TlsOptions {
	if (allowUnauthorizedCerts)
		return { skipSslCertificateValidation: true, rejectUnauthorized: false };
	return caCertificate === undefined ? {} : { agentOptions: { ca: caCertificate } };
}
