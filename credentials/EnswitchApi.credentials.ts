import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { signsFormsOnly } from '../nodes/Enswitch/signIn';
import { enswitch } from '../nodes/Enswitch/vendor';
import { NotSent } from '../nodes/shared/wire/reply/explanation';
import { certificateFields, httpNotice } from '../nodes/shared/wire/signIn/address';
import { authenticate, type RequestToSign } from '../nodes/shared/wire/signIn/authenticate';

/** User name and password are part of the form that every request sends. */
export class EnswitchApi implements ICredentialType {
	name = 'enswitchApi';

	displayName = 'Enswitch API';

	icon = {
		light: 'file:../nodes/Enswitch/enswitch.svg',
		dark: 'file:../nodes/Enswitch/enswitch.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/docs/enswitch.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://pbx.example.com',
			description:
				'Address of Enswitch, including a path before /api/json if it has one, such as /local. Without a scheme, https is used.',
		},
		httpNotice('password'),
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. ann',
			description:
				'A person who can sign in to the web interface, and whose role has the privilege actions or panel; for the list of telephone lines also residential or user',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		...certificateFields,
	];

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: RequestToSign,
	): Promise<IHttpRequestOptions> {
		const { form, headers, ...options } = requestOptions;
		const body = isFields(form) ? new URLSearchParams(form).toString() : options.body;
		if (body !== undefined && typeof body !== 'string') throw new NotSent(signsFormsOnly);
		return await authenticate(enswitch, credentials, {
			...options,
			body,
			headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
		});
	}
}

function isFields(form: unknown): form is Record<string, string> {
	return typeof form === 'object' && form !== null;
}
