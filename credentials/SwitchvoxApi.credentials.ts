import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { exchange } from '../nodes/shared/wire/exchange/exchange';
import { isExplanation, NotSent } from '../nodes/shared/wire/reply/explanation';
import type { HttpRequest } from '../nodes/shared/wire/reply/http';
import { type Address, certificateFields, httpNotice } from '../nodes/shared/wire/signIn/address';
import {
	addressOf,
	authenticate,
	type RequestToSign,
	transportOptions,
} from '../nodes/shared/wire/signIn/authenticate';
import { askForSession, knownSession } from '../nodes/shared/wire/signIn/signIn';
import { renewChallenge, takeChallenge } from '../nodes/Switchvox/challenges';
import { readAuthentication } from '../nodes/Switchvox/signIn';
import { switchvox } from '../nodes/Switchvox/vendor';

/**
 * Each process of n8n asks for a challenge of its own. n8n renews it after a 401, which covers an expired nonce and an upgrade
 * of Switchvox.
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
			hint: 'An administrator who may read and write Manage Extensions; or an extension number, for calls as that extension only',
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
		const { signIn, displayName: vendorName } = switchvox;
		if (knownSession(signIn, credentials) !== undefined) return isKept;
		const address = addressOf(switchvox, credentials);
		const { baseUrl } = address;
		const send = async (request: HttpRequest, timeoutSeconds: number) =>
			await exchange(
				async (options) => {
					const response: unknown = await this.helpers.httpRequest({
						...options,
						...transportOptions(address),
					});
					return response;
				},
				request,
				{ vendorName, baseUrl, timeoutSeconds },
			);
		const challenge = await renewChallenge(keyOf(address, credentials), async () => {
			const session = await askForSession(signIn, credentials, baseUrl, send);
			return isExplanation(session) ? session : session.value;
		});
		if (isExplanation(challenge)) throw new NotSent(challenge);
		return isKept;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: RequestToSign,
	): Promise<IHttpRequestOptions> {
		return await authenticate(switchvox, credentials, requestOptions, async (address) => {
			const challenge = await takeChallenge(keyOf(address, credentials), requestOptions);
			if (challenge === undefined) throw new NoChallenge();
			return challenge;
		});
	}
}

/** All that n8n stores. The challenge itself stays in the process that asked for it. */
const isKept = { challenge: 'kept by each process of n8n' };

/** A challenge counts only for the address, user and setting that it was asked for with. */
function keyOf({ baseUrl }: Address, credentials: ICredentialDataDecryptedObject): string {
	return JSON.stringify([baseUrl, credentials.username, readAuthentication(credentials)]);
}

/** Looks like a 401 to n8n, which then asks for a challenge and sends this same request. Nothing was sent until then. */
class NoChallenge extends Error {
	readonly response = { status: 401 };
}
