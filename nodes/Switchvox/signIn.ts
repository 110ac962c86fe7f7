import type { HttpRequest, HttpResponse } from '../shared/call';
import {
	digestAuthorization,
	digestChallenge,
	nextNonceCount,
	offersScheme,
} from '../shared/digest';
import type { SignIn } from '../shared/signIn';
import { explainStatus, type Explanation } from '../shared/transport';
import { statusAdvice } from './decode';

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
	if ('what' in answer) return { ...answer, status: 'not_sent' };
	const { 'www-authenticate': header = '' } = answer.headers;
	if (answer.status === 401) {
		if (authentication !== 'basic' && digestChallenge(header) !== undefined) return header;
		if (authentication !== 'digest' && (header === '' || offersScheme(header, 'basic'))) {
			return basicChallenge;
		}
		return {
			status: 'not_sent',
			reason: 'invalid_credential',
			what: 'Switchvox does not ask for a sign-in of the kind that the credential has.',
			advice: 'Set Authentication in the credential to Automatic.',
			httpStatus: 401,
		};
	}
	if (answer.status === 403) {
		return {
			status: 'refused',
			reason: 'unauthorized',
			what: 'Switchvox refuses the address of n8n (HTTP 403), before any sign-in.',
			advice:
				'Allow it in the access control of Switchvox, for the Admin API or the User API, and see whether it was blocked automatically.',
			httpStatus: 403,
		};
	}
	const explanation = explainStatus(answer, 'Switchvox', statusAdvice);
	// A page without a sign-in: the request itself will tell what it is.
	if (explanation === undefined) return basicChallenge;
	return explanation.status === 'unknown' ? { ...explanation, status: 'not_sent' } : explanation;
}

/** User name and password of the credential. */
export function readSignIn({ username, password }: Readonly<Record<string, unknown>>) {
	return { username: String(username ?? ''), password: String(password ?? '') };
}

/** Whose request is signed in. */
export interface Signature {
	readonly username: string;
	readonly password: string;
	readonly method: string;
	/** Path and query of the request. */
	readonly uri: string;
}

/** The `Authorization` header that answers a challenge. */
export function authorizationFor(challenge: Challenge, signature: Signature): string {
	const digest = challenge === basicChallenge ? undefined : digestChallenge(challenge);
	if (digest !== undefined) {
		const nonceCount = nextNonceCount(digest.nonce);
		return digestAuthorization(digest, { ...signature, nonceCount });
	}
	const pair = `${signature.username}:${signature.password}`;
	return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
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
		const authorization = authorizationFor(ticket, { ...readSignIn(credential), method, uri });
		return { ...request, headers: { ...headers, Authorization: authorization } };
	},
};
