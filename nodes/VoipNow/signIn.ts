import { type Explanation, isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import type { CertificateOptions, Session, SignIn } from '../shared/wire/signIn/signIn';
import { tokenMissing, tokenRefused, tokenUnanswered } from '../shared/wire/signIn/token';
import { member, parseJson, textOf } from '../shared/wire/text/json';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { toText } from '../shared/wire/text/values';

/** What a program enters in place of the credential's form: an App that is marked as trusted in VoipNow. */
export type VoipNowCredential = Readonly<{
	/** Address of VoipNow, e.g. https://voipnow.example.com. */
	baseUrl: string;
	clientId: string;
	clientSecret: string;
}> &
	CertificateOptions;

/** VoipNow's OAuth2 service: https://wiki.4psa.com/display/VNUAPI30/Obtain+Authorization */
export const consentPage = '/oauth/authorize.php';
export const grantPage = '/oauth/token.php';

/**
 * An n8n expression for an address below the credential's Base URL, which may lack a scheme, end in a slash, or include the
 * API's own path. An empty Base URL counts as empty, and so does one with an @, which could hold a password: n8n would ask
 * another host for a token, or quote the password.
 */
export function onBaseUrl(path: string): string {
	return `={{ ${baseUrl} + "${path}" }}`;
}

const baseUrl = String.raw`String($self["baseUrl"]).trim().replace(/^(?![a-z][a-z0-9+.-]*:\/\/)/i, "https://").replace(/\/+$/, "").replace(/\/uapi$/, "").replace(/^[^\/]*$|^.*@.*$/s, "")`;

/** The host alone. */
export const hostOfBaseUrl = String.raw`={{ ${baseUrl}.replace(/^[^\/]*\/\/([^\/?#]*?)(?::\d*)?(?:[\/?#].*)?$/s, "$1") }}`;

const grantedApi = 'unifiedapi';

/**
 * VoipNow's own clients add these parameters when they ask for a token with client credentials; the documentation does not say
 * whether VoipNow needs them. For an authorization code, n8n sends a redirect_uri of its own.
 */
export const tokenParameters = `={{ $self["grantType"] === "authorizationCode" ? "" : JSON.stringify({ type: "${grantedApi}", redirect_uri: ${baseUrl} + "${grantPage}" }) }}`;

const vendorName = 'VoipNow';

/**
 * Client credentials, for programs; the session is the token. In n8n the credential extends n8n's own OAuth2, which sends the
 * same requests and lets no other code sign in.
 */
export const signIn: SignIn<VoipNowCredential> = {
	session: {
		timeoutSeconds: 20,
		request: ({ clientId, clientSecret }, baseUrl) => ({
			method: 'POST',
			path: grantPage,
			headers: {
				'Content-Type': 'application/x-www-form-urlencoded',
				Accept: 'application/json',
			},
			body: new URLSearchParams({
				grant_type: 'client_credentials',
				client_id: toText(clientId),
				client_secret: toText(clientSecret),
				type: grantedApi,
				redirect_uri: baseUrl + grantPage,
			}).toString(),
		}),
		read: (answer) =>
			isExplanation(answer) ? tokenUnanswered(vendorName, answer) : readToken(answer),
	},
	sign: (request, _credential, { session }) => ({
		...request,
		headers: { ...request.headers, Authorization: `Bearer ${session}` },
	}),
};

/** RFC 6749, sections 5.1 and 5.2. */
function readToken({ status, body }: HttpResponse): Session | Explanation {
	const parsed = parseJson(body);
	const reply = isUnreadable(parsed) ? null : parsed.value;
	const token = textOf(member(reply, 'access_token'));
	const lifetime = Number(textOf(member(reply, 'expires_in')) ?? Number.NaN);
	// A header could not carry any other text.
	if (status === 200 && token !== undefined && /^[\x21-\x7E]+$/.test(token)) {
		const lifetimeSeconds = Number.isFinite(lifetime) ? lifetime : undefined;
		return { kind: 'session', value: token, lifetimeSeconds };
	}
	const reason = member(reply, 'error');
	if (status >= 400 && status < 500 && reason !== undefined)
		return tokenRefused(vendorName, reason, 'this program');
	return tokenMissing(vendorName, 'The OAuth2 service of VoipNow', status);
}
