/** Where VoipNow's OAuth2 service is: https://wiki.4psa.com/display/VNUAPI30/Obtain+Authorization */
export const signInPage = '/oauth/authorize.php';
export const grantPage = '/oauth/token.php';

/**
 * An n8n expression for an address on the host of the credential's Base URL, which is tolerated without a scheme, with a slash
 * at the end, and with the API's own path.
 */
export function onBaseUrl(path: string): string {
	return `={{ ${baseUrl} + "${path}" }}`;
}

const baseUrl = String.raw`String($self["baseUrl"]).trim().replace(/^(?![a-z][a-z0-9+.-]*:\/\/)/i, "https://").replace(/\/+$/, "").replace(/\/uapi$/, "")`;

/**
 * What VoipNow's own clients send along when they ask for a token with client credentials. Whether VoipNow needs it is not
 * documented; it redirects nobody with this grant. An authorization code has a redirect_uri of its own, from n8n.
 */
export const tokenParameters = `={{ $self["grantType"] === "authorizationCode" ? "" : JSON.stringify({ type: "unifiedapi", redirect_uri: ${baseUrl} + "${grantPage}" }) }}`;
