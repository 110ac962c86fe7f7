import {
	explain,
	explainInvalid,
	type Explanation,
	isExplanation,
} from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { explainStatus } from '../shared/wire/reply/status';
import {
	digestAuthorization,
	digestChallenge,
	nextNonceCount,
	offersScheme,
} from '../shared/wire/signIn/digest';
import type { CertificateOptions, SignIn } from '../shared/wire/signIn/signIn';
import { invalid } from '../shared/wire/text/invalid';
import { statusAdvice } from './reply';

/** What a program enters in place of the credential's form. */
export type SwitchvoxCredential = Readonly<{
	/** Address of Switchvox, e.g. https://pbx.example.com. */
	baseUrl: string;
	/** An administrator, or an extension number to place calls as that extension only. */
	username: string;
	password: string;
	/** `basic` for 6.6 and later, `digest` up to 6.5. Left out, it is `auto`: whatever Switchvox asks for. */
	authentication?: Authentication;
}> &
	CertificateOptions;

/** Which authentication Switchvox asks for: `Basic` since 6.6, and before that a Digest challenge, as received. */
export type Challenge = string;

const basicChallenge: Challenge = 'Basic';

export const challengeTimeoutSeconds = 20;

type Authentication = 'auto' | 'basic' | 'digest';

/** The field of the credential; anything but its own values is `auto`. */
export function readAuthentication({
	authentication,
}: Readonly<Record<string, unknown>>): Authentication {
	return authentication === 'basic' || authentication === 'digest' ? authentication : 'auto';
}

/** The session is a challenge. */
export const signIn: SignIn<SwitchvoxCredential> = {
	session: {
		timeoutSeconds: challengeTimeoutSeconds,
		isOrdered: true,
		known: (credential) =>
			readAuthentication(credential) === 'basic' ? basicChallenge : undefined,
		// The documentation has a browser open this page.
		request: () => ({ method: 'GET', path: '/xml', headers: {} }),
		read(answer, credential) {
			const challenge = chooseChallenge(answer, readAuthentication(credential));
			return isExplanation(challenge) ? challenge : { kind: 'session', value: challenge };
		},
	},
	sign(request, credential, { session, uri }) {
		const { method, headers } = request;
		const authorization = authorizationFor(session, credential, { method, uri });
		if (isExplanation(authorization)) return authorization;
		return { ...request, headers: { ...headers, Authorization: authorization } };
	},
};

/** Which challenge an answer to an unsigned request holds, or why there is none to sign in with. */
function chooseChallenge(
	answer: HttpResponse | Explanation,
	authentication: Authentication,
): Challenge | Explanation {
	if (isExplanation(answer)) return { ...answer, status: 'not_sent' };
	const { 'www-authenticate': header = '' } = answer.headers;
	if (answer.status === 401) {
		if (authentication !== 'basic' && digestChallenge(header) !== undefined) return header;
		// A credential that says Basic needs no offer of it.
		const isOffered =
			offersScheme(header, 'basic') || (authentication === 'basic' && header === '');
		if (authentication !== 'digest' && isOffered) return basicChallenge;
		return unanswerable(authentication);
	}
	if (answer.status === 403) {
		return explain(
			'refused',
			'unauthorized',
			'Switchvox refused the request before any sign-in (HTTP 403).',
			'Allow the address that requests come from in the access control of Switchvox, for the Admin API or the User API, and check whether it was blocked automatically.',
			403,
		);
	}
	const explanation = explainStatus(answer, 'Switchvox', statusAdvice);
	if (explanation === undefined) {
		return authentication === 'basic' ? basicChallenge : notSwitchvox(answer.status);
	}
	return explanation.status === 'unknown' ? { ...explanation, status: 'not_sent' } : explanation;
}

/** Any server could ask for Basic, which gives away the password: a credential that says Digest never answers that. */
function unanswerable(authentication: Authentication): Explanation {
	const { what, advice } = unanswerableTexts[authentication];
	return explain('not_sent', 'invalid_credential', what, advice, 401);
}

const setToBasic =
	'Check Base URL in the credential. If it is right and Switchvox is 6.6 or later, set Authentication to Basic.';

const unanswerableTexts = {
	auto: {
		what: 'Switchvox offers neither Basic nor a Digest challenge that can be answered, so the password was not sent.',
		advice: setToBasic,
	},
	basic: {
		what: 'Switchvox does not offer Basic.',
		advice:
			'Check Base URL in the credential. If it is right and Switchvox is 6.5 or earlier, set Authentication to Digest.',
	},
	digest: {
		what: 'Switchvox offers no Digest challenge that can be answered, so the password was not sent.',
		advice: setToBasic,
	},
};

/** A captive portal, say, or another server: it must not get the password. */
function notSwitchvox(httpStatus: number): Explanation {
	return explain(
		'not_sent',
		'unreadable_reply',
		`Something answered, but not Switchvox: it asked for no sign-in (HTTP ${httpStatus}), so the password was not sent.`,
		setToBasic,
		httpStatus,
	);
}

/** The `Authorization` header for a challenge. Basic is only for a server that asks for it, or a credential that says so. */
function authorizationFor(
	challenge: Challenge,
	credential: Readonly<Record<string, unknown>>,
	request: { readonly method: string; readonly uri: string },
): string | Explanation {
	const authentication = readAuthentication(credential);
	const username = String(credential.username ?? '');
	const password = String(credential.password ?? '');
	if (challenge === basicChallenge && authentication !== 'digest') {
		return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
	}
	const digest = authentication === 'basic' ? undefined : digestChallenge(challenge);
	if (digest === undefined) return unanswerable(authentication);
	if (/\p{Cc}/u.test(username)) {
		return explainInvalid(
			invalid('User Name in the credential has a line break or another control character.'),
		);
	}
	const nonceCount = nextNonceCount(digest.nonce);
	return digestAuthorization(digest, { username, password, ...request, nonceCount });
}
