import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { Vendor } from '../calling/vendor';
import { readConnection, tlsOptions } from './address';
import { exchange } from './exchange';
import type { Explanation } from './explanation';
import type { HttpRequest, HttpResponse } from './http';
import { type Invalid, isInvalid } from './invalid';

/** Nothing rings for a test; a phone system answers it at once. */
const timeoutSeconds = 20;

/** A way to the vendor for the test of a credential. An `Explanation` means that no response came. */
export interface TestLine {
	/** Signs a request in and sends it. */
	ask(request: HttpRequest, ticket?: string): Promise<HttpResponse | Explanation>;
	/** Sends a request as it is. */
	askUnsigned(request: HttpRequest): Promise<HttpResponse | Explanation>;
}

/** A credential test has n8n's older request helper only. A credential whose address cannot be read gives `Invalid`. */
export function openTestLine(
	{ helpers }: ICredentialTestFunctions,
	vendor: Vendor,
	credential: ICredentialDataDecryptedObject,
): TestLine | Invalid {
	const connection = readConnection(credential, vendor);
	if (isInvalid(connection)) return connection;
	const { baseUrl } = connection;
	const askUnsigned = async (request: HttpRequest) =>
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
					useStream: true,
				});
				return response;
			},
			request,
			{
				vendorName: vendor.displayName,
				baseUrl,
				timeoutSeconds,
				causeAdvice: vendor.causeAdvice,
			},
		);
	return {
		askUnsigned,
		async ask(request, ticket = '') {
			const { pathname, search } = new URL(baseUrl + request.path);
			const signed = vendor.signIn.sign(request, credential, { ticket, uri: pathname + search });
			return 'what' in signed ? signed : await askUnsigned(signed);
		},
	};
}

export function testPassed(message: string): INodeCredentialTestResult {
	return { status: 'OK', message };
}

export function testFailed(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
