import { explain, type Explanation } from '../reply/explanation';
import { explainError, type Sender, type Sending } from '../reply/noAnswer';
import { explainStatus } from '../reply/status';
import { chain, isRecord, toText } from '../text/values';

/** n8n's messages for a credential that has no token, or one that cannot be renewed. */
const unconnected =
	/OAuth credentials not connected|needs to be reconnected|no refresh token is available|Unable to sign without access token/;
/** n8n's message if it cannot get the first token; the error has a cause. */
const unacquired = /^Failed to acquire OAuth2 access token/;

/**
 * Says why n8n has no OAuth2 token for a request. n8n asks for one before the first request, and renews it after the
 * vendor has refused a request; nothing was placed in either case. Undefined if the error is not about tokens.
 */
export function explainTokenError(error: unknown, sending: Sending): Explanation | undefined {
	const { vendorName, tokenUrl } = sending;
	if (tokenUrl === undefined) return undefined;
	const links = chain(error);
	if (links.some(({ message }) => unconnected.test(toText(message)))) {
		return explain(
			'not_sent',
			'unauthorized',
			'The credential has no token that is valid or can be renewed.',
			`Open the credential in n8n and connect it to ${vendorName} again.`,
		);
	}
	const refusal = links.find(({ code }) => code === 'EAUTH');
	if (refusal !== undefined) {
		const reason = isRecord(refusal.body) ? refusal.body.error : undefined;
		return tokenRefused(vendorName, reason, 'n8n');
	}
	const answer = links.find(({ code }) => code === 'ESTATUS');
	if (answer !== undefined) return tokenMissing(vendorName, tokenUrl, numberOf(answer.status));
	const isAboutTokens = links.some(
		({ message, config }) =>
			unacquired.test(toText(message)) || (isRecord(config) && isSameUrl(config.url, tokenUrl)),
	);
	if (!isAboutTokens) return undefined;
	// n8n's OAuth2 client does not read an answer with a status of 500 or more: its HTTP client throws.
	const [status] = links.flatMap(({ response }) =>
		isRecord(response) ? (numberOf(response.status) ?? []) : [],
	);
	return status === undefined
		? tokenUnanswered(vendorName, explainError(error, sending))
		: tokenMissing(vendorName, tokenUrl, status);
}

/** The OAuth2 service refused. `reason` is the `error` of its answer: RFC 6749, section 5.2. */
export function tokenRefused(vendorName: string, reason: unknown, sender: Sender): Explanation {
	// Only what looks like an error code: anything else could hold a secret.
	const code = typeof reason === 'string' && /^[a-z_]{1,40}$/.test(reason) ? reason : '';
	const advice = new Map(Object.entries(tokenAdvice[sender])).get(code);
	return explain(
		'refused',
		'unauthorized',
		`${vendorName} issued no token${code === '' ? '' : ` (${code})`}.`,
		advice ?? checkClient,
	);
}

/** An answer without a token and without an OAuth2 error: only its status says why. No call was sent yet. */
export function tokenMissing(
	vendorName: string,
	tokenUrl: string,
	httpStatus: number | null,
): Explanation {
	const what = `${tokenUrl} answered without a token${httpStatus === null ? '' : ` (HTTP ${httpStatus})`}.`;
	const byStatus =
		httpStatus === null
			? undefined
			: explainStatus({ status: httpStatus, headers: {}, body: '' }, vendorName, statusAdvice);
	if (byStatus !== undefined && byStatus.reason !== 'vendor_refused') {
		return { ...byStatus, status: 'not_sent', what };
	}
	const advice = `Check that Base URL in the credential is the address of ${vendorName} itself.`;
	return explain('not_sent', 'unreadable_reply', what, advice, httpStatus);
}

/** No answer came. Whatever the reason, no call was sent yet. */
export function tokenUnanswered(vendorName: string, explanation: Explanation): Explanation {
	if (explanation.status === 'not_sent') return explanation;
	return {
		...explanation,
		status: 'not_sent',
		what: `${vendorName} did not answer the request for a token.`,
	};
}

function numberOf(value: unknown): number | null {
	return typeof value === 'number' ? value : null;
}

/** n8n uses the address as entered, which may have capitals or the default port. */
function isSameUrl(entered: unknown, url: string): boolean {
	const text = toText(entered);
	return URL.canParse(text) && new URL(text).href === new URL(url).href;
}

const checkClient =
	'Check Client ID and Client Secret in the credential; a new secret makes the old one and all its tokens invalid.';

const statusAdvice = { 401: checkClient, 403: checkClient };

const tokenAdvice: Readonly<Record<Sender, Readonly<Record<string, string>>>> = {
	n8n: {
		unauthorized_client:
			'The grant type Client Credentials needs an App that is marked as trusted. Mark it, or use Authorization Code.',
		invalid_grant: 'Open the credential in n8n and connect it again.',
	},
	'this program': { unauthorized_client: 'Mark the App as trusted.' },
};
