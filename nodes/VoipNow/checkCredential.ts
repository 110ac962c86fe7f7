import type { ICredentialTestRequest } from 'n8n-workflow';

/** Every status from 300 on but 400. */
const notSignedIn = Array.from({ length: 300 }, (_, index) => 300 + index).filter(
	(status) => status !== 400,
);

/**
 * Gets a token and asks a harmless question; rings nobody. n8n has no other test for OAuth2 credentials than such a request.
 * Apps of the administrator and of organizations have no user of their own, which VoipNow answers with 400: signed in all the same.
 */
export const testVoipNowOAuth2Api: ICredentialTestRequest = {
	request: {
		baseURL: '={{ $credentials.apiUrl }}',
		url: '/uapi/extensions/@me/@self/presence?count=1&startIndex=0',
		headers: { Accept: 'application/json' },
		skipSslCertificateValidation: '={{ $credentials.allowUnauthorizedCerts }}',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: {
			ignore: true,
			except: notSignedIn,
		},
	},
	rules: [
		...[401, 403].map((value) =>
			refusal(
				value,
				`VoipNow issued a token and then refused it (HTTP ${value}). Check the rights of the App in VoipNow, and whether access rules allow the address that requests come from.`,
			),
		),
		refusal(
			404,
			'VoipNow issued a token, but its UnifiedAPI is not at this address (HTTP 404). Check Base URL.',
		),
		...[301, 302, 303, 307, 308].map((value) =>
			refusal(
				value,
				`The UnifiedAPI answers with a redirect (HTTP ${value}), which is not followed. Enter the address that it leads to as Base URL.`,
			),
		),
	],
};

function refusal(value: number, message: string) {
	return { type: 'responseCode' as const, properties: { value, message } };
}
