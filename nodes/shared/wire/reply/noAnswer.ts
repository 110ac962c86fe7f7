import { chain, isRecord, toText } from '../text/values';
import { explain, type Explanation, thrownExplanation } from './explanation';
import type { FailureReason } from './reasons';

/** Why no HTTP response came, as far as the error's code shows. */
type Cause = Extract<
	FailureReason,
	| 'host_not_found'
	| 'connection_refused'
	| 'unreachable'
	| 'certificate'
	| 'tls'
	| 'blocked_by_policy'
	| 'canceled'
	| 'timed_out'
	| 'connection_lost'
>;

/** What to do if no response came, by cause. */
export type CauseAdvice = Readonly<Partial<Record<Cause, string>>>;

/**
 * The codes of Node, n8n and undici. An error whose code is not listed may have come after the request was sent: it is
 * `connection_lost`.
 * Sources: https://nodejs.org/api/tls.html#x509-certificate-error-codes, https://nodejs.org/api/errors.html,
 * https://undici.nodejs.org/#/docs/api/Errors.
 */
const causes: Readonly<Record<string, Cause>> = {
	ENOTFOUND: 'host_not_found',
	EAI_AGAIN: 'host_not_found',
	EAI_FAIL: 'host_not_found',
	EAI_NODATA: 'host_not_found',
	EAI_NONAME: 'host_not_found',
	ERR_INVALID_URL: 'host_not_found',
	ECONNREFUSED: 'connection_refused',
	EHOSTUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETUNREACH: 'unreachable',
	ENETDOWN: 'unreachable',
	EADDRNOTAVAIL: 'unreachable',
	CERT_CHAIN_TOO_LONG: 'certificate',
	CERT_HAS_EXPIRED: 'certificate',
	CERT_NOT_YET_VALID: 'certificate',
	CERT_REJECTED: 'certificate',
	CERT_REVOKED: 'certificate',
	CERT_SIGNATURE_FAILURE: 'certificate',
	CERT_UNTRUSTED: 'certificate',
	CRL_HAS_EXPIRED: 'certificate',
	CRL_NOT_YET_VALID: 'certificate',
	CRL_SIGNATURE_FAILURE: 'certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
	ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
	ERROR_IN_CERT_NOT_AFTER_FIELD: 'certificate',
	ERROR_IN_CERT_NOT_BEFORE_FIELD: 'certificate',
	ERROR_IN_CRL_LAST_UPDATE_FIELD: 'certificate',
	ERROR_IN_CRL_NEXT_UPDATE_FIELD: 'certificate',
	HOSTNAME_MISMATCH: 'certificate',
	INVALID_CA: 'certificate',
	INVALID_PURPOSE: 'certificate',
	PATH_LENGTH_EXCEEDED: 'certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
	UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'certificate',
	UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'certificate',
	UNABLE_TO_DECRYPT_CRL_SIGNATURE: 'certificate',
	UNABLE_TO_GET_CRL: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
	// During the TLS handshake. OpenSSL's own codes (ERR_SSL_...) are not listed: they also come later, when data is sent.
	EPROTO: 'tls',
	ERR_TLS_INVALID_PROTOCOL_VERSION: 'tls',
	ERR_CANCELED: 'canceled',
	ABORT_ERR: 'canceled',
	ECONNABORTED: 'timed_out',
	ETIMEDOUT: 'timed_out',
	UND_ERR_CONNECT_TIMEOUT: 'unreachable',
	UND_ERR_HEADERS_TIMEOUT: 'timed_out',
	UND_ERR_BODY_TIMEOUT: 'timed_out',
};

/** The errors of n8n's network policy, which have no codes. */
const policyErrors: ReadonlySet<string> = new Set([
	'SsrfBlockedIpError',
	'SsrfBlockedHostnameError',
]);

/** Who sends a request, as texts put it; never the first word of a sentence. */
export type Sender = 'n8n' | 'this program';

/** The sender and the receiver of a request, for texts about it. */
export interface Sending {
	/** n8n unless given. */
	readonly sender?: Sender;
	readonly vendorName: string;
	/** Scheme, host, port and path prefix, as the credential has it. */
	readonly baseUrl: string;
	readonly timeoutSeconds: number;
	/** The vendor's own advice, used instead of the general one. */
	readonly causeAdvice?: CauseAdvice | undefined;
	/** Where n8n requests OAuth2 tokens; absent if the vendor has none. */
	readonly tokenUrl?: string | undefined;
}

/** Why no response came, and whether it is certain that no byte of the request was sent. */
interface Finding {
	readonly cause: Cause;
	readonly isUnsent: boolean;
}

/** The causes that can only come before a request is sent. */
const early: ReadonlySet<Cause> = new Set([
	'host_not_found',
	'connection_refused',
	'unreachable',
	'certificate',
	'tls',
	'blocked_by_policy',
]);

function find(error: unknown): Finding {
	const links = chain(error);
	if (links.some((link) => policyErrors.has(toText(link.name)))) {
		return { cause: 'blocked_by_policy', isUnsent: true };
	}
	const code = links.map(codeIn).find((one) => Object.hasOwn(causes, one));
	const known = (code === undefined ? undefined : causes[code]) ?? 'connection_lost';
	const isConnecting = links.some(({ syscall }) => syscall === 'connect');
	// Nothing is sent before the connection is established.
	if (isConnecting || links.some(isShakingHands)) {
		if (known === 'canceled' || early.has(known)) return { cause: known, isUnsent: true };
		const isCut = known === 'connection_lost' && !isConnecting;
		return { cause: isCut ? 'tls' : 'unreachable', isUnsent: true };
	}
	// The same codes can come on an established connection, when the request may have been read.
	const isStanding = links.some(({ syscall }) => syscall === 'read' || syscall === 'write');
	if (isStanding && (known === 'connection_refused' || known === 'unreachable')) {
		return { cause: 'connection_lost', isUnsent: false };
	}
	return { cause: known, isUnsent: early.has(known) };
}

/**
 * Whether it happened during the TLS handshake; a request is written after it. If the connection ends in the handshake,
 * Node's error has the local address, as no other ECONNRESET does. For anything else, such as a time-out, the socket of the
 * HTTP client's error shows it.
 */
function isShakingHands(link: Readonly<Record<string, unknown>>): boolean {
	if (link.code === 'ECONNRESET' && 'localAddress' in link) return true;
	const { socket } = Object(link.request) as Readonly<Record<string, unknown>>;
	return isRecord(socket) && socket.secureConnecting === true;
}

function codeOf(error: unknown): string | undefined {
	return chain(error)
		.map(codeIn)
		.find((code) => code !== '');
}

/** Versions of n8n before 2.41 keep no cause of an error, and put its code where the HTTP status belongs. */
function codeIn({ code, httpCode }: Readonly<Record<string, unknown>>): string {
	const known = code ?? httpCode;
	return typeof known === 'string' ? known : '';
}

/** Says why a request ended in `error` instead of a response. */
export function explainError(
	error: unknown,
	{ sender = 'n8n', vendorName, baseUrl, timeoutSeconds, causeAdvice = {} }: Sending,
): Explanation {
	const thrown = chain(error)
		.map(thrownExplanation)
		.find((explanation) => explanation !== undefined);
	if (thrown !== undefined) return thrown;
	const code = codeOf(error);
	const { cause, isUnsent } = find(error);
	const before = (what: string, advice: string) =>
		explain('not_sent', cause, what, causeAdvice[cause] ?? advice);
	const checkRunning = `${vendorName} is running, and the network between ${sender} and it.`;
	const after = (what: string, advice = `Check that ${checkRunning}`) =>
		explain('unknown', cause, what, causeAdvice[cause] ?? advice);
	switch (cause) {
		case 'host_not_found':
			return before(
				`The host of ${baseUrl} was not found.`,
				`Check the spelling of Base URL in the credential, and that ${sender} can look up the name.`,
			);
		case 'connection_refused':
			return before(
				`${baseUrl} refused the connection.`,
				`Check host and port of Base URL in the credential, and that ${vendorName} is running.`,
			);
		case 'unreachable':
			return before(
				`${baseUrl} cannot be reached from ${sender} (${code ?? 'no route'}).`,
				`Check Base URL in the credential, and the network and firewall between ${sender} and that address.`,
			);
		case 'certificate':
			return before(
				`The certificate of ${baseUrl} is not trusted (${code ?? 'no reason given'}).`,
				certificateAdvice[sender],
			);
		case 'tls':
			return before(
				`${baseUrl} does not answer as an https server that ${sender} can talk to (${code ?? 'no code'}).`,
				'Check scheme (https or http) and port of Base URL in the credential. TLS 1.2 or later is required. A firewall that cuts the connection has the same effect.',
			);
		case 'blocked_by_policy':
			return before(
				`The network policy of n8n blocks ${baseUrl}.`,
				'Ask the administrator of n8n to allow this address.',
			);
		case 'canceled':
			return isUnsent
				? before(`${stopped[sender]} before the request was sent.`, 'Run it again.')
				: after(`${stopped[sender]} while ${vendorName} was working on the request.`);
		case 'timed_out':
			return after(`${vendorName} did not answer within ${timeoutSeconds} seconds.`);
		case 'connection_lost':
			return after(
				`The connection to ${vendorName} was lost before its answer came${code === undefined ? '' : ` (${code})`}.`,
				baseUrl.startsWith('http://')
					? `Base URL begins with http://. If ${vendorName} expects https there, change it to https://; otherwise check that ${checkRunning}`
					: undefined,
			);
	}
}

const certificateAdvice: Readonly<Record<Sender, string>> = {
	n8n: 'Paste the self-signed certificate, or the certificate of its authority, into CA Certificate in the credential. If the certificate names another host, use that name in Base URL. If you accept the risk, turn on Ignore SSL Issues. n8n 2.0 and older do not use CA Certificate for calls: set NODE_EXTRA_CA_CERTS in n8n to a file with the certificate.',
	'this program':
		'Set caCertificate in the credential to the self-signed certificate, or to the one of its authority. If the certificate names another host, use that name in baseUrl. If you accept the risk, set allowUnauthorizedCerts.',
};

/** Not "canceled": n8n marks an execution as canceled, and calls no error workflow, when an error's message has that word. */
const stopped: Readonly<Record<Sender, string>> = {
	n8n: 'The execution was stopped',
	'this program': 'The call was aborted',
};
