import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readConnection, tlsOptions } from '../shared/address';
import { isInvalid, type HttpRequest, type HttpResponse } from '../shared/call';
import { exchange } from '../shared/send';
import type { Explanation } from '../shared/transport';
import { describeErrors, readReply } from './decode';
import { encodeRequest } from './encode';
import {
	authorizationFor,
	challengeRequest,
	challengeTimeoutSeconds,
	chooseChallenge,
	readAuthentication,
	readSignIn,
} from './signIn';
import { switchvox } from './vendor';

/** Signs in and asks a harmless question. Rings nobody; works for administrators and for extension users. */
export async function testSwitchvoxApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const connection = readConnection(data, switchvox.endpoints);
	if (isInvalid(connection)) return failure(connection.invalid.join(' '));
	// A credential test has n8n's older request helper only.
	const { helpers } = this;
	const { displayName: vendorName } = switchvox;
	const { baseUrl } = connection;
	const sending = { vendorName, baseUrl, timeoutSeconds: challengeTimeoutSeconds };
	const ask = async (request: HttpRequest) =>
		await exchange(
			async ({ url, method, headers, body, timeout }) => {
				const response: unknown = await helpers.request({
					uri: url,
					method,
					headers,
					body,
					timeout,
					...tlsOptions(connection),
					followRedirect: false,
					json: false,
					resolveWithFullResponse: true,
					simple: false,
				});
				return response;
			},
			request,
			sending,
		);

	// Also with Basic: a refusal ahead of any sign-in comes from access rules, not from a wrong password.
	const challenge = chooseChallenge(await ask(challengeRequest), readAuthentication(data));
	if (typeof challenge !== 'string') return failure(`${challenge.what} ${challenge.advice}`);
	const askMethod = async (method: string) => {
		const request = encodeRequest(method, []);
		if (isInvalid(request)) return request.invalid.join(' ');
		const authorization = authorizationFor(challenge, {
			...readSignIn(data),
			method: request.method,
			uri: new URL(baseUrl + request.path).pathname,
		});
		const headers = { ...request.headers, Authorization: authorization };
		return judge(await ask({ ...request, headers }));
	};

	const admin = await askMethod('switchvox.info.getSoftwareVersion');
	if (admin === 'accepted') return { status: 'OK', message: 'Signed in as an administrator' };
	if (typeof admin === 'string') return failure(admin);
	const user = await askMethod('switchvox.users.getMyInfo');
	if (user === 'accepted') return { status: 'OK', message: 'Signed in as an extension user' };
	if (typeof user === 'string') return failure(user);
	return failure(
		`The sign-in works, but this account may use neither the Admin API (${admin.denied}) nor the User API (${user.denied}). Check its rights in Switchvox.`,
	);
}

/** `denied`: signed in, and this method is not for this account. A mere text says why there is no sign-in. */
function judge(answer: HttpResponse | Explanation): 'accepted' | { denied: string } | string {
	if ('what' in answer) return `${answer.what} ${answer.advice}`;
	const reply = readReply(answer);
	if ('what' in reply) return `${reply.what} ${reply.advice}`;
	if ('unreadable' in reply) {
		return `Something answered, but not Switchvox: ${reply.unreadable}. Check Base URL.`;
	}
	return reply.errors.length === 0 ? 'accepted' : { denied: describeErrors(reply.errors) };
}

function failure(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
