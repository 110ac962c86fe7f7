import { type Failure, type IDataObject, type INode, NodeApiError } from 'n8n-workflow';

import type { FailureReason } from '../../wire/reply/reasons';
import { firstSentence } from '../../wire/text/sentences';
import { type Effect, type Failed, isFailed, noPhoneRang } from '../contract/outcome';
import type { Vendor } from '../contract/vendor';
import { type Processed, toJson } from './result';

/** A failure as an error of n8n: its message is the headline, its description the rest. It contains no secret. */
export function toNodeError(
	node: INode,
	failure: Failed,
	itemIndex: number,
	data: IDataObject,
): NodeApiError {
	const { message } = failure;
	const httpCode = errorCode(failure);
	const cause = causeOf(failure);
	const error = new NodeApiError(
		node,
		{ message },
		{
			message,
			description: toHtml(describe(failure)),
			// If there are several items, the editor shows it after the message.
			itemIndex,
			...(httpCode === undefined ? {} : { httpCode }),
			...(cause === undefined ? {} : { failure: { cause } }),
		},
	);
	// n8n replaces a message that contains the name of a system error. And if a message contains "canceled", which may be a
	// vendor's word, n8n marks the execution as canceled and does not start the error workflow.
	error.message = message.replace(/canceled/g, 'cancelled');
	error.context.data = data;
	return error;
}

/** Our reasons in n8n's own terms, where n8n has one. */
const causes: Readonly<Partial<Record<FailureReason, Failure['cause']>>> = {
	invalid_credential: 'credential-invalid',
	unauthorized: 'credential-invalid',
	certificate: 'configuration-invalid',
	redirected: 'configuration-invalid',
	blocked_by_policy: 'configuration-invalid',
	invalid_settings: 'configuration-invalid',
	rate_limited: 'rate-limited',
	connection_refused: 'temporarily-unavailable',
	unreachable: 'temporarily-unavailable',
	store_unavailable: 'temporarily-unavailable',
	node_fault: 'node-defect',
};

/**
 * n8n takes some causes for a reason to wait and try again. So a call that may have rung a phone has none of those: it
 * must not be repeated.
 */
function causeOf(failure: Failed): Failure['cause'] | undefined {
	const cause = causes[failure.reason];
	const isWorthWaiting = cause === 'rate-limited' || cause === 'temporarily-unavailable';
	return isWorthWaiting && !noPhoneRang(failure) ? undefined : cause;
}

/** The code that n8n shows. With HTTP 200, it is the vendor's own code: "200" would look like a success. */
function errorCode({ httpStatus, vendorErrors }: Failed): string | undefined {
	const isSuccess = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
	if (isSuccess) return vendorErrors.find(({ code }) => code !== null)?.code ?? undefined;
	return httpStatus === null ? undefined : String(httpStatus);
}

/** The advice, and the full text of each vendor message that the headline shortens. */
function describe({ advice, vendorErrors }: Failed): string {
	const inFull = vendorErrors
		.map(({ message }) => message)
		.filter((message) => firstSentence(message) !== message)
		.slice(0, 5)
		.map((message) => `In full: ${message}`);
	return [advice, ...inFull].filter(Boolean).join('\n');
}

/** The editor shows a description as HTML, so a text is escaped and keeps its line breaks. */
function toHtml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\n/g, '<br>');
}

/** The most calls that the text lists; the error's data has all of them. */
const listedCalls = 20;

/** The error that ends a run at its first failure. It lists the other calls of the run, so that none is lost. */
export function toStopError(
	node: INode,
	vendor: Vendor,
	processed: readonly Processed[],
	itemCount: number,
	effect: Effect,
): NodeApiError {
	const failures = processed.filter(({ outcome }) => isFailed(outcome));
	const [first] = failures;
	if (first === undefined || !isFailed(first.outcome)) throw new Error('No item failed');
	const { outcome, index } = first;
	const rest = processed.filter((other) => other !== first);
	const jsonOf = (other: Processed) => ({ item: other.index, ...toJson(vendor, other) });
	const data: IDataObject = {
		failed: failures.map(jsonOf),
		others: rest.filter((other) => !failures.includes(other)).map(jsonOf),
	};
	const others = effect === 'rings' ? `${listOf(vendor, rest)} ` : '';
	const advice = [
		outcome.advice,
		...(itemCount > 1 ? [`${others}${untried(itemCount - processed.length)}`] : []),
	]
		.filter(Boolean)
		.join('\n');
	return toNodeError(node, { ...outcome, advice }, index, data);
}

function listOf(vendor: Vendor, others: readonly Processed[]): string {
	const calls = others.filter(({ outcome }) => !noPhoneRang(outcome));
	if (calls.length === 0) return 'No other call of this run was placed.';
	const listed = calls.slice(0, listedCalls).map((call) => {
		const { from, to, status } = toJson(vendor, call);
		const parties = to === null ? String(from) : `${String(from)} to ${String(to)}`;
		return `item ${call.index} (${parties}, ${String(status)})`;
	});
	const more = calls.length - listed.length;
	return `Other calls of this run: ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function untried(count: number): string {
	return count === 0 ? 'Every item was tried.' : `Items not tried: ${count}.`;
}
