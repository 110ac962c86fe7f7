import {
	digestAuthorization,
	digestChallenge,
	nextNonceCount,
	offersScheme,
} from '../shared/wire/digest';
import { explainInvalid, type Explanation, isExplanation } from '../shared/wire/explanation';
import type { HttpRequest, HttpResponse } from '../shared/wire/http';
import type { SignIn } from '../shared/wire/signIn';
import { explainStatus } from '../shared/wire/status';
import { statusAdvice } from './reply';

/** What a program enters in place of the credential's form. */
export type SwitchvoxCredential = Readonly<{
	/** Address of Switchvox, e.g. https://pbx.example.com. */
	baseUrl: string;
	/** An administrator; or an extension number, for calls as that extension only. */
	username: string;
	password: string;
	/** `basic` for 6.6 and later, `digest` up to 6.5; `auto`, whatever Switchvox asks for, when left out. */
	authentication?: Authentication;
	/** Whether to connect even if the certificate cannot be validated. */
	allowUnauthorizedCerts?: boolean;
	/** Certificate to trust, in PEM format. */
	caCertificate?: string;
}>;

/** How Switchvox wants to be signed in to: `Basic` from 6.6 on, or the Digest challenge of 6.5 and before as it came. */
export type Challenge = string;

export const basicChallenge: Challenge = 'Basic';

/** Asks without signing in; a browser is documented to reach the API this way. */
export const challengeRequest: HttpRequest = { method: 'GET', path: '/xml', headers: {} };

export const challengeTimeoutSeconds = 20;

export type Authentication = 'auto' | 'basic' | 'digest';

/** The field of the credential; what was never set is `auto`. */
export function readAuthentication({
	authentication,
}: Readonly<Record<string, unknown>>): Authentication {
	return authentication === 'basic' || authentication === 'digest' ? authentication : 'auto';
}

/** What an answer to {@link challengeRequest} asks for, or why no sign-in is possible. */
export function chooseChallenge(
	answer: HttpResponse | Explanation,
	authentication: Authentication,
): Challenge | Explanation {
	if (isExplanation(answer)) return { ...answer, status: 'not_sent' };
	const { 'www-authenticate': header = '' } = answer.headers;
	if (answer.status === 401) {
		if (authentication !== 'basic' && digestChallenge(header) !== undefined) return header;
		// Set to Basic, nobody has to ask for it.
		const isAsked = offersScheme(header, 'basic') || (authentication === 'basic' && header === '');
		if (authentication !== 'digest' && isAsked) return basicChallenge;
		return asksForNothingOf(authentication);
	}
	if (answer.status === 403) {
		return {
			kind: 'explanation',
			status: 'refused',
			reason: 'unauthorized',
			what: 'Switchvox refuses the address of n8n (HTTP 403), before any sign-in.',
			advice:
				'Allow it in the access control of Switchvox, for the Admin API or the User API, and see whether it was blocked automatically.',
			httpStatus: 403,
		};
	}
	const explanation = explainStatus(answer, 'Switchvox', statusAdvice);
	if (explanation === undefined) {
		return authentication === 'basic' ? basicChallenge : asksForNothing(answer.status);
	}
	return explanation.status === 'unknown' ? { ...explanation, status: 'not_sent' } : explanation;
}

/** Whoever answers could ask for Basic, which is the password itself: where Digest is set, it is never given. */
function asksForNothingOf(authentication: Authentication): Explanation {
	return {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'invalid_credential',
		...unanswerable[authentication],
		httpStatus: 401,
	};
}

const unanswerable: Readonly<Record<Authentication, Pick<Explanation, 'what' | 'advice'>>> = {
	auto: {
		what: 'Switchvox asks neither for Basic nor for a Digest that can be answered, so the password was not sent.',
		advice:
			'Check Base URL in the credential. If it is right and Switchvox is 6.6 or later, set Authentication to Basic.',
	},
	basic: {
		what: 'Switchvox does not ask for Basic.',
		advice:
			'Check Base URL in the credential. If it is right and Switchvox is 6.5 or earlier, set Authentication to Digest.',
	},
	digest: {
		what: 'Switchvox does not ask for a Digest that can be answered, so the password was not sent.',
		advice:
			'Check Base URL in the credential. If it is right and Switchvox is 6.6 or later, set Authentication to Basic.',
	},
};

/** A portal of the network, another server: whatever it is, it gets no password. */
function asksForNothing(httpStatus: number): Explanation {
	return {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'unreadable_reply',
		what: `Something answered, but not Switchvox: it asked for no sign-in (HTTP ${httpStatus}), so the password was not sent.`,
		advice:
			'Check Base URL in the credential. If it is right and Switchvox is 6.6 or later, set Authentication to Basic.',
		httpStatus,
	};
}

/** User name and password of the credential. */
function readSignIn({ username, password }: Readonly<Record<string, unknown>>) {
	return { username: String(username ?? ''), password: String(password ?? '') };
}

/** The `Authorization` header that answers a challenge as the credential allows; Basic only where it is asked for or set. */
export function authorizationFor(
	challenge: Challenge,
	credential: Readonly<Record<string, unknown>>,
	request: { readonly method: string; readonly uri: string },
): string | Explanation {
	const authentication = readAuthentication(credential);
	const { username, password } = readSignIn(credential);
	if (challenge === basicChallenge && authentication !== 'digest') {
		return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
	}
	const digest = authentication === 'basic' ? undefined : digestChallenge(challenge);
	if (digest === undefined) return asksForNothingOf(authentication);
	if (/\p{Cc}/u.test(username)) {
		return explainInvalid({
			kind: 'invalid',
			texts: ['User Name in the credential has a line break or another control character.'],
		});
	}
	const nonceCount = nextNonceCount(digest.nonce);
	return digestAuthorization(digest, { username, password, ...request, nonceCount });
}

/** The ticket is the challenge. */
export const signIn: SignIn<SwitchvoxCredential> = {
	tickets: {
		timeoutSeconds: challengeTimeoutSeconds,
		request: (credential) =>
			readAuthentication(credential) === 'basic' ? { ticket: basicChallenge } : challengeRequest,
		read(answer, credential) {
			const challenge = chooseChallenge(answer, readAuthentication(credential));
			return typeof challenge === 'string' ? { ticket: challenge } : challenge;
		},
	},
	sign(request, credential, { ticket, uri }) {
		const { method, headers } = request;
		const authorization = authorizationFor(ticket, credential, { method, uri });
		if (typeof authorization !== 'string') return authorization;
		return { ...request, headers: { ...headers, Authorization: authorization } };
	},
};
