import { type Failed, toFailed, troubleTo } from '../nodes/shared/calling/contract/outcome';
import { explain, explainCrash, isExplanation } from '../nodes/shared/wire/reply/explanation';
import { getCall, hangUpCall } from './followUp';
import { placeCall } from './originate';
import type { Client, ClientOptions, CredentialOf, VendorId } from './types';
import { type Opened, openVendor } from './vendor';

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
	const follow = async <Result>(
		effect: 'reads' | 'ends',
		run: (open: Opened) => Promise<Result>,
	): Promise<Result | Failed> => {
		const open = isClosed ? closed : opened;
		if (isExplanation(open)) return troubleTo(effect, open);
		const running = run(open).catch((error: unknown) =>
			troubleTo(effect, explainCrash(error, true)),
		);
		return await tracked(running);
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
			return await follow('reads', async (open) => await getCall(open, reference, options));
		},
		async hangUp(reference, options = {}) {
			return await follow('ends', async (open) => await hangUpCall(open, reference, options));
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
