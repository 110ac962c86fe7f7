import { NodeOperationError, type ILoadOptionsFunctions } from 'n8n-workflow';

import { isInvalid, type HttpRequest, type HttpResponse, type Invalid } from './call';
import { openLine } from './send';
import type { Vendor } from './vendor';

/** Nothing rings for a list; a phone system answers it at once. */
const timeoutSeconds = 20;

/** Asks a vendor for a list of the editor; whatever keeps it from answering is thrown as {@link listError}. */
export async function askForList(
	context: ILoadOptionsFunctions,
	vendor: Vendor,
	request: HttpRequest | Invalid,
): Promise<HttpResponse> {
	const line = await openLine(context, vendor);
	if (isInvalid(line)) throw listError(context, line.invalid.join(' '));
	if (isInvalid(request)) throw listError(context, request.invalid.join(' '));
	const answer = await line.send(request, timeoutSeconds);
	if ('what' in answer) throw listError(context, answer.what, answer.advice);
	return answer;
}

/** Why a list cannot be shown, as the editor shows it. */
export function listError(
	context: ILoadOptionsFunctions,
	message: string,
	description = 'The value can be entered by hand all the same: choose By ID.',
): NodeOperationError {
	return new NodeOperationError(context.getNode(), message, { description });
}
