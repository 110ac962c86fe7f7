import { toFailed, troubleTo } from '../nodes/shared/calling/contract/outcome';
import { explain, explainCrash, isExplanation } from '../nodes/shared/wire/reply/explanation';
import { getCall, hangUpCall } from './followUp';
import { placeCall } from './originate';
import type { Client, ClientOptions, CredentialOf, VendorId } from './types';
import { openVendor } from './vendor';

/** A client for one vendor. Nothing is sent before the first call. */
export function createClient<Id extends VendorId>(
	vendor: Id,
	credential: CredentialOf<Id>,
	{ dispatcher }: ClientOptions = {},
): Client<Id> {
	const opened = openVendor(vendor, credential, dispatcher);
	const inFlight = new Set<Promise<unknown>>();
	const tracked = async <Result>(running: Promise<Result>): Promise<Result> => {
		inFlight.add(running);
		try {
			return await running;
		} finally {
			inFlight.delete(running);
		}
	};
	let isClosed = false;
	const close = async () => {
		isClosed = true;
		await Promise.allSettled(inFlight);
		if (opened.kind === 'opened') await opened.connection.close();
	};
	return {
		vendor,
		async originate(call, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return toFailed(open, '');
			let isSent = false;
			const { howToCheck } = open.registered.operations.originate;
			// A fault in our own code does not throw either.
			const placing = placeCall(open, call, options, () => (isSent = true)).catch(
				(error: unknown) => toFailed(explainCrash(error, isSent), howToCheck),
			);
			return await tracked(placing);
		},
		async get(reference, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return troubleTo('reads', open);
			return await tracked(
				getCall(open, reference, options).catch((error: unknown) =>
					troubleTo('reads', explainCrash(error, true)),
				),
			);
		},
		async hangUp(reference, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return troubleTo('ends', open);
			return await tracked(
				hangUpCall(open, reference, options).catch((error: unknown) =>
					troubleTo('ends', explainCrash(error, true)),
				),
			);
		},
		close,
		[Symbol.asyncDispose]: close,
	};
}

const closed = explain(
	'not_sent',
	'invalid_settings',
	'The client is closed.',
	'Create another one.',
);
