import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { certificateFields } from '../nodes/shared/address';
import { credentialTest } from '../nodes/VoipNow/credentialTest';
import { signInPage, onBaseUrl, tokenParameters, grantPage } from '../nodes/VoipNow/signIn';

/** n8n's OAuth2 gets, keeps and renews the tokens; the addresses follow from the base URL. */
export class VoipNowOAuth2Api implements ICredentialType {
	name = 'voipNowOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'VoipNow OAuth2 API';

	icon = {
		light: 'file:../nodes/VoipNow/voipnow.svg',
		dark: 'file:../nodes/VoipNow/voipnow.dark.svg',
	} as const;

	documentationUrl = 'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call#voipnow';

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
		{
			displayName:
				'Over http, anybody on the way can read the secret and the numbers. Use https, which every VoipNow offers.',
			name: 'httpNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { baseUrl: [{ _cnd: { startsWith: 'http://' } }] } },
		},
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
		// n8n's token request takes no certificate to trust: the switch is all there is.
		...certificateFields.filter(({ name }) => name === 'allowUnauthorizedCerts'),
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: onBaseUrl(signInPage),
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
		{
			// What n8n's token request goes by.
			displayName: 'Ignore SSL Issues for Tokens',
			name: 'ignoreSSLIssues',
			type: 'hidden',
			default: '={{ $self["allowUnauthorizedCerts"] }}',
		},
	];

	test: ICredentialTestRequest = credentialTest;
}
