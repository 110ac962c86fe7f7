import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { certificateFields, readConnection, tlsOptions } from '../nodes/shared/address';
import { isInvalid } from '../nodes/shared/call';
import { explainInvalid, NotSent } from '../nodes/shared/transport';
import { signInParameters, withSignIn } from '../nodes/Enswitch/signIn';
import { enswitch } from '../nodes/Enswitch/vendor';

/** User name and password go along with every request, in its form. */
export class EnswitchApi implements ICredentialType {
	name = 'enswitchApi';

	displayName = 'Enswitch API';

	icon = {
		light: 'file:../nodes/Enswitch/enswitch.svg',
		dark: 'file:../nodes/Enswitch/enswitch.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call#enswitch';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://pbx.example.com',
			description:
				'Address of Enswitch, with what stands before /api/json if there is something, such as /local. Without a scheme, https is used.',
		},
		{
			displayName:
				'Over http, anybody on the way can read the password and the numbers. Use https if Enswitch offers it.',
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
		// n8n's own HTTP Request node, which can use this credential too, has fields in `form`.
		requestOptions: IHttpRequestOptions & { form?: unknown },
	): Promise<IHttpRequestOptions> {
		const connection = readConnection(credentials, enswitch);
		if (isInvalid(connection)) throw new NotSent(explainInvalid(connection));
		const { method, body, form, headers } = requestOptions;
		if (method !== 'POST' || (body !== undefined && typeof body !== 'string')) {
			throw new NotSent(notAForm);
		}
		const signedIn =
			typeof form === 'object' && form !== null
				? { form: { ...form, ...signInParameters(credentials) } }
				: {
						body: withSignIn(body ?? '', credentials),
						headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
					};
		return Object.assign(requestOptions, signedIn, tlsOptions(connection));
	}
}

const notAForm = {
	status: 'not_sent',
	reason: 'invalid_settings',
	what: 'The sign-in of Enswitch goes into a form only: an address with a password in it would get into logs.',
	advice: 'Send a POST with the body content type Form Urlencoded.',
	httpStatus: null,
} as const;
