import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { certificateFields, httpNotice } from '../nodes/shared/wire/signIn/address';
import { credentialTest } from '../nodes/VoipNow/checkCredential';
import {
	consentPage,
	hostOfBaseUrl,
	onBaseUrl,
	grantPage,
	tokenParameters,
} from '../nodes/VoipNow/signIn';

/** n8n itself asks for the token, so the texts of the test are n8n's. */
const certificateHint =
	'For a test that says "self-signed certificate" or "unable to verify the first certificate". Safer: start n8n with NODE_EXTRA_CA_CERTS.';

/** n8n's own OAuth2 gets, keeps and renews the tokens, and signs requests. Its addresses are derived from the base URL. */
export class VoipNowOAuth2Api implements ICredentialType {
	name = 'voipNowOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'VoipNow OAuth2 API';

	icon = {
		light: 'file:../nodes/VoipNow/voipnow.svg',
		dark: 'file:../nodes/VoipNow/voipnow.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/docs/voipnow.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://voipnow.example.com',
			description: 'Address of VoipNow. Without a scheme, https is used.',
		},
		httpNotice('secret'),
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'options',
			options: [
				{
					name: 'Client Credentials',
					value: 'clientCredentials',
					description: 'For an App that is marked as trusted in VoipNow',
				},
				{
					name: 'Authorization Code',
					value: 'authorizationCode',
					description: 'A user of VoipNow signs in once and agrees',
				},
			],
			default: 'clientCredentials',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			hint: 'App ID in VoipNow, under Unified Communications > Integrations > Apps',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'App Secret in VoipNow. A new secret makes all earlier tokens invalid.',
		},
		// n8n's token request ignores CA Certificate, so the form has only the switch.
		...certificateFields
			.filter(({ name }) => name === 'allowUnauthorizedCerts')
			.map((field) => ({ ...field, hint: certificateHint })),
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: onBaseUrl(consentPage),
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: onBaseUrl(grantPage),
		},
		{ displayName: 'API URL', name: 'apiUrl', type: 'hidden', default: onBaseUrl('') },
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: '' },
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		{
			displayName: 'Send Additional Body Properties',
			name: 'sendAdditionalBodyProperties',
			type: 'hidden',
			default: true,
		},
		{
			displayName: 'Additional Body Properties',
			name: 'additionalBodyProperties',
			type: 'hidden',
			default: tokenParameters,
		},
		// n8n's OAuth2 signs without our code: these two keep the HTTP Request node from sending the token to another host.
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'domains',
		},
		{
			displayName: 'Allowed Domains',
			name: 'allowedDomains',
			type: 'hidden',
			default: hostOfBaseUrl,
		},
		{
			// The name under which n8n's token request looks for the switch.
			displayName: 'Ignore SSL Issues for Tokens',
			name: 'ignoreSSLIssues',
			type: 'hidden',
			default: '={{ $self["allowUnauthorizedCerts"] }}',
		},
	];

	test: ICredentialTestRequest = credentialTest;
}
