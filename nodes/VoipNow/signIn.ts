import { type Explanation, isExplanation } from '../shared/wire/explanation';
import type { HttpResponse } from '../shared/wire/http';
import { member, parseJson, textOf } from '../shared/wire/json';
import type { SignIn, Ticket } from '../shared/wire/signIn';
import { tokenMissing, tokenRefused, tokenUnanswered } from '../shared/wire/token';
import { isUnreadable } from '../shared/wire/unreadable';
import { toText } from '../shared/wire/values';

/** What a program enters in place of the credential's form: an App that is marked as trusted in VoipNow. */
export type VoipNowCredential = Readonly<{
	/** Address of VoipNow, e.g. https://voipnow.example.com. */
	baseUrl: string;
	clientId: string;
	clientSecret: string;
	/** Whether to connect even if the certificate cannot be validated. */
	allowUnauthorizedCerts?: boolean;
	/** Certificate to trust, in PEM format. */
	caCertificate?: string;
}>;

/** Where VoipNow's OAuth2 service is: https://wiki.4psa.com/display/VNUAPI30/Obtain+Authorization */
export const signInPage = '/oauth/authorize.php';
export const grantPage = '/oauth/token.php';

/**
 * An n8n expression for an address on the host of the credential's Base URL, which is tolerated without a scheme, with a slash
 * at the end, and with the API's own path. Nothing is left of an empty one, or of one with an @, which could hold a password:
 * n8n would ask another host for a token, or quote it.
 */
export function onBaseUrl(path: string): string {
	return `={{ ${baseUrl} + "${path}" }}`;
}

const baseUrl = String.raw`String($self["baseUrl"]).trim().replace(/^(?![a-z][a-z0-9+.-]*:\/\/)/i, "https://").replace(/\/+$/, "").replace(/\/uapi$/, "").replace(/^[^\/]*$|^.*@.*$/s, "")`;

/** The same, its host alone. */
export const hostOfBaseUrl = String.raw`={{ ${baseUrl}.replace(/^[^\/]*\/\/([^\/?#]*?)(?::\d*)?(?:[\/?#].*)?$/s, "$1") }}`;

const grantedApi = 'unifiedapi';

/**
 * What VoipNow's own clients send along when they ask for a token with client credentials. Whether VoipNow needs it is not
 * documented; it redirects nobody with this grant. An authorization code has a redirect_uri of its own, from n8n.
 */
export const tokenParameters = `={{ $self["grantType"] === "authorizationCode" ? "" : JSON.stringify({ type: "${grantedApi}", redirect_uri: ${baseUrl} + "${grantPage}" }) }}`;

const vendorName = 'VoipNow';

/** Client credentials, for programs; the ticket is the token. n8n has an OAuth2 of its own, and these are the same requests. */
export const signIn: SignIn<VoipNowCredential> = {
	tickets: {
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
	sign: (request, _credential, { ticket }) => ({
		...request,
		headers: { ...request.headers, Authorization: `Bearer ${ticket}` },
	}),
};

/** RFC 6749, sections 5.1 and 5.2. */
function readToken({ status, body }: HttpResponse): Ticket | Explanation {
	const parsed = parseJson(body);
	const reply = isUnreadable(parsed) ? null : parsed.value;
	const ticket = textOf(member(reply, 'access_token'));
	const lifetime = Number(textOf(member(reply, 'expires_in')) ?? Number.NaN);
	// What cannot stand in a header is no token.
	if (status === 200 && ticket !== undefined && /^[\x21-\x7E]+$/.test(ticket)) {
		return { ticket, lifetimeSeconds: Number.isFinite(lifetime) ? lifetime : undefined };
	}
	const reason = member(reply, 'error');
	if (status >= 400 && status < 500 && reason !== undefined)
		return tokenRefused(vendorName, reason);
	return tokenMissing(vendorName, 'The OAuth2 service of VoipNow', status);
}
