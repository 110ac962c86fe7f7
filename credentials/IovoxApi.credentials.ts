import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { iovox } from '../nodes/Iovox/vendor';
import { httpNotice } from '../nodes/shared/wire/signIn/address';
import { authenticate } from '../nodes/shared/wire/signIn/authenticate';

/** Not inline: there, n8n's lint does not accept a property of this name as a secret. */
const secureKey: INodeProperties = {
	displayName: 'Secure Key',
	name: 'secureKey',
	type: 'string',
	typeOptions: { password: true },
	required: true,
	default: '',
	description: 'Issued by IOVOX. Production and sandbox have different keys.',
	hint: 'Works only from the IP addresses listed under API Settings in the IOVOX portal: the public address of n8n has to be one of them.',
};

/** User name and key are two headers of every request, which do not expire. */
export class IovoxApi implements ICredentialType {
	name = 'iovoxApi';

	displayName = 'IOVOX API';

	icon = {
		light: 'file:../nodes/Iovox/iovox.svg',
		dark: 'file:../nodes/Iovox/iovox.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/docs/iovox.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{
					name: 'Custom',
					value: 'custom',
					description: 'Another address, such as a gateway of your own',
				},
				{
					name: 'Production',
					value: 'production',
					description: 'The live account, at https://api.iovox.com:444',
				},
				{
					name: 'Sandbox',
					value: 'sandbox',
					description: 'For tests, at https://sandboxapi.iovox.com:444, with its own key and links',
				},
			],
			default: 'production',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://gateway.example.com:444',
			description: 'Address of the IOVOX API. Without a scheme, https is used.',
			displayOptions: { show: { environment: ['custom'] } },
		},
		httpNotice('key', { environment: ['custom'] }),
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. RestUserName',
			description: 'User name of the REST API, issued by IOVOX',
		},
		secureKey,
	];

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return await authenticate(iovox, credentials, requestOptions);
	}
}
