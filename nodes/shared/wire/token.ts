import { explain, type Explanation } from './explanation';
import { explainError, type Sender, type Sending } from './noAnswer';
import { asText, chain, isRecord } from './values';

/** As n8n says that a credential has no token, or none that can be renewed. */
const unconnected =
	/OAuth credentials not connected|needs to be reconnected|no refresh token is available|Unable to sign without access token/;
/** As n8n says that a first token could not be had; what caused it comes with it. */
const unacquired = /^Failed to acquire OAuth2 access token/;

/**
 * Says why n8n has no OAuth2 token for a request: when it asks for the first one, and when it renews one after a refusal of the
 * request itself. Nothing was placed in either case. Undefined for an error that is not about tokens.
 */
export function explainTokenError(error: unknown, sending: Sending): Explanation | undefined {
	const { vendorName, tokenUrl } = sending;
	if (tokenUrl === undefined) return undefined;
	const links = chain(error);
	if (links.some(({ message }) => unconnected.test(asText(message)))) {
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
	if (answer !== undefined) {
		const status = typeof answer.status === 'number' ? answer.status : null;
		return tokenMissing(vendorName, tokenUrl, status);
	}
	const isAboutTokens = links.some(
		({ message, config }) =>
			unacquired.test(asText(message)) || (isRecord(config) && isSameUrl(config.url, tokenUrl)),
	);
	if (!isAboutTokens) return undefined;
	return tokenUnanswered(vendorName, explainError(error, sending));
}

/** The OAuth2 service said no. `reason` is the `error` of its answer: RFC 6749, section 5.2. */
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

/** Something answered that gives out no tokens. */
export function tokenMissing(
	vendorName: string,
	tokenUrl: string,
	httpStatus: number | null,
): Explanation {
	return explain(
		'not_sent',
		'unreadable_reply',
		`${tokenUrl} answered without a token${httpStatus === null ? '' : ` (HTTP ${httpStatus})`}.`,
		`Check that Base URL in the credential is the address of ${vendorName} itself.`,
		httpStatus,
	);
}

/** No answer came; whatever the reason, no call was sent yet. */
export function tokenUnanswered(vendorName: string, explanation: Explanation): Explanation {
	if (explanation.status === 'not_sent') return explanation;
	return {
		...explanation,
		status: 'not_sent',
		what: `${vendorName} did not answer the request for a token.`,
	};
}

/** n8n asks at the address as it was entered, which may have capitals or a port that goes without saying. */
function isSameUrl(entered: unknown, url: string): boolean {
	const text = asText(entered);
	return URL.canParse(text) && new URL(text).href === new URL(url).href;
}

const checkClient =
	'Check Client ID and Client Secret in the credential; a new secret makes the old one and all its tokens invalid.';

const tokenAdvice: Readonly<Record<Sender, Readonly<Record<string, string>>>> = {
	n8n: {
		unauthorized_client:
			'The grant type Client Credentials needs an App that is marked as trusted. Mark it, or use Authorization Code.',
		invalid_grant: 'Open the credential in n8n and connect it again.',
	},
	'this program': { unauthorized_client: 'Mark the App as trusted.' },
};
