import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { asterisk } from '../nodes/Asterisk/vendor';
import { certificateFields, httpNotice } from '../nodes/shared/wire/signIn/address';
import { authenticate, type RequestToSign } from '../nodes/shared/wire/signIn/authenticate';

/** A user of the Asterisk REST Interface (ARI), by Basic authentication. */
export class AsteriskApi implements ICredentialType {
	name = 'asteriskApi';

	displayName = 'Asterisk API';

	icon = {
		light: 'file:../nodes/Asterisk/asterisk.svg',
		dark: 'file:../nodes/Asterisk/asterisk.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/docs/asterisk.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://pbx.example.com:8089',
			description:
				"Address of Asterisk's own web server, including a path before /ari if it has one. It is not the web interface of FreePBX. Without a scheme, https is used.",
		},
		httpNotice('password'),
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. n8n',
			description:
				'An ARI user that is not read-only: in FreePBX under Settings > Asterisk REST Interface Users, otherwise in ari.conf',
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
		return await authenticate(asterisk, credentials, requestOptions);
	}
}
