import type { INode, NodeApiError } from 'n8n-workflow';

import type { Failed } from '../calling/contract/outcome';
import { toNodeError } from '../calling/report/failure';

/**
 * Why a trigger does not start. n8n shows the message of such an error and not its description, so the message says what
 * to do, too.
 */
export function startError(node: INode, failure: Failed): NodeApiError {
	const { message, advice } = failure;
	const whole = [message, advice].filter((text) => text !== '').join(' ');
	return toNodeError(node, { ...failure, message: whole, advice: '' }, 0, {});
}
