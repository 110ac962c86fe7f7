import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { certificateFields, readConnection, tlsOptions } from '../nodes/shared/address';
import { isInvalid } from '../nodes/shared/call';
import { exchange } from '../nodes/shared/send';
import { explainInvalid, NotSent } from '../nodes/shared/transport';
import {
	authorizationFor,
	basicChallenge,
	challengeRequest,
	challengeTimeoutSeconds,
	chooseChallenge,
	readAuthentication,
	readSignIn,
} from '../nodes/Switchvox/signIn';
import { switchvox } from '../nodes/Switchvox/vendor';

/**
 * What Switchvox asks for is fetched once and kept in the hidden field `challenge`. n8n fetches it again after a 401,
 * which is how an expired nonce and an upgraded Switchvox are met.
 */
export class SwitchvoxApi implements ICredentialType {
	name = 'switchvoxApi';

	displayName = 'Switchvox API';

	icon = {
		light: 'file:../nodes/Switchvox/switchvox.svg',
		dark: 'file:../nodes/Switchvox/switchvox.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call#switchvox';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://pbx.example.com',
			description: 'Address of Switchvox. Without a scheme, https is used.',
		},
		{
			displayName:
				'Over http, anybody on the way can read the password and the numbers. Use https if Switchvox offers it.',
			name: 'httpNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { baseUrl: [{ _cnd: { startsWith: 'http://' } }] } },
		},
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. admin',
			description:
				'An administrator with the right to read and write Manage Extensions; or an extension number, for calls as that extension only. Choose the same under Signed In As in the node.',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Automatic', value: 'auto', description: 'Whatever Switchvox asks for' },
				{ name: 'Basic', value: 'basic', description: 'Switchvox 6.6 and later' },
				{ name: 'Digest', value: 'digest', description: 'Switchvox up to 6.5' },
			],
			default: 'auto',
		},
		...certificateFields,
		{
			displayName: 'Challenge',
			name: 'challenge',
			type: 'hidden',
			typeOptions: { expirable: true },
			default: '',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const authentication = readAuthentication(credentials);
		if (authentication === 'basic') return { challenge: basicChallenge };
		const connection = readConnection(credentials, switchvox);
		if (isInvalid(connection)) throw new NotSent(explainInvalid(connection));
		const answer = await exchange(
			async (options) => {
				const response: unknown = await this.helpers.httpRequest({
					...options,
					...tlsOptions(connection),
				});
				return response;
			},
			challengeRequest,
			{
				vendorName: switchvox.displayName,
				baseUrl: connection.baseUrl,
				timeoutSeconds: challengeTimeoutSeconds,
			},
		);
		const challenge = chooseChallenge(answer, authentication);
		if (typeof challenge !== 'string') throw new NotSent(challenge);
		return { challenge };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		// n8n's own HTTP Request node, which can use this credential too, has the address in `uri`.
		requestOptions: IHttpRequestOptions & { uri?: string },
	): Promise<IHttpRequestOptions> {
		const connection = readConnection(credentials, switchvox);
		if (isInvalid(connection)) throw new NotSent(explainInvalid(connection));
		const { url, uri = url, baseURL } = requestOptions;
		const { pathname, search } = new URL(uri, baseURL);
		const authorization = authorizationFor(String(credentials.challenge), {
			...readSignIn(credentials),
			method: requestOptions.method ?? 'GET',
			uri: pathname + search,
		});
		requestOptions.headers = { ...requestOptions.headers, Authorization: authorization };
		return Object.assign(requestOptions, tlsOptions(connection));
	}
}
