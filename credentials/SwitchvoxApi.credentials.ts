import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { renewChallenge, takeChallenge } from '../nodes/Switchvox/challenges';
import {
	basicChallenge,
	challengeRequest,
	challengeTimeoutSeconds,
	chooseChallenge,
	readAuthentication,
} from '../nodes/Switchvox/signIn';
import { switchvox } from '../nodes/Switchvox/vendor';
import {
	type Address,
	certificateFields,
	httpNotice,
	readAddress,
	tlsOptions,
} from '../nodes/shared/wire/address';
import { authenticate, type RequestToSign } from '../nodes/shared/wire/authenticate';
import { exchange } from '../nodes/shared/wire/exchange';
import { explainInvalid, NotSent } from '../nodes/shared/wire/explanation';
import { isInvalid } from '../nodes/shared/wire/invalid';

/**
 * What Switchvox asks for is fetched once by each process of n8n. n8n has it fetched again after a 401, which is how an expired
 * nonce and an upgraded Switchvox are met.
 */
export class SwitchvoxApi implements ICredentialType {
	name = 'switchvoxApi';

	displayName = 'Switchvox API';

	icon = {
		light: 'file:../nodes/Switchvox/switchvox.svg',
		dark: 'file:../nodes/Switchvox/switchvox.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/docs/switchvox.md#credential';

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
		httpNotice('password'),
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. admin',
			description: 'Choose the same under Signed In As in the node',
			hint: 'An administrator with the right to read and write Manage Extensions; or an extension number, for calls as that extension only',
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
				{
					name: 'Digest',
					value: 'digest',
					description: 'Switchvox up to 6.5; the password itself is never sent',
				},
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

	/** n8n calls it when the hidden field is empty, and after a 401. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		if (readAuthentication(credentials) === 'basic') return isKept;
		const address = readAddress(credentials, switchvox);
		if (isInvalid(address)) throw new NotSent(explainInvalid(address));
		const challenge = await renewChallenge(keyOf(address, credentials), async () => {
			const answer = await exchange(
				async (options) => {
					const response: unknown = await this.helpers.httpRequest({
						...options,
						...tlsOptions(address),
					});
					return response;
				},
				challengeRequest,
				{
					vendorName: switchvox.displayName,
					baseUrl: address.baseUrl,
					timeoutSeconds: challengeTimeoutSeconds,
				},
			);
			return chooseChallenge(answer, readAuthentication(credentials));
		});
		if (typeof challenge !== 'string') throw new NotSent(challenge);
		return isKept;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: RequestToSign,
	): Promise<IHttpRequestOptions> {
		if (readAuthentication(credentials) === 'basic') {
			return authenticate(switchvox, credentials, requestOptions, basicChallenge);
		}
		const address = readAddress(credentials, switchvox);
		if (isInvalid(address)) throw new NotSent(explainInvalid(address));
		const challenge = await takeChallenge(keyOf(address, credentials), requestOptions);
		if (challenge === undefined) throw new NoChallenge();
		return authenticate(switchvox, credentials, requestOptions, challenge);
	}
}

/** All that is stored: the challenge itself is this process's own. */
const isKept = { challenge: 'kept by each process of n8n' };

/** A challenge answers for the address, user and setting that it was asked for, and for no others. */
function keyOf({ baseUrl }: Address, credentials: ICredentialDataDecryptedObject): string {
	return JSON.stringify([baseUrl, credentials.username, readAuthentication(credentials)]);
}

/** To n8n a 401: it has a challenge asked for, and goes on with the same request, which was not sent. */
class NoChallenge extends Error {
	readonly response = { status: 401 };
}
