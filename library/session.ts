import { type Explanation, isExplanation } from '../nodes/shared/wire/reply/explanation';
import type { Session } from '../nodes/shared/wire/signIn/signIn';

/** A token is replaced this long before it expires, as a request takes time to arrive. */
const marginSeconds = 10;

/** The session that all calls of a client sign with. */
export interface SessionKeeper {
	/** The kept one. Asks for one if there is none, or if it is about to expire. */
	current(): Promise<string | Explanation>;
	/** Another one, after the vendor refused this one. If requests have to arrive in order, nobody else gets it. */
	renewed(refused: string): Promise<string | Explanation>;
}

/** Calls that need a session at the same time wait for the same answer. An `Explanation` is not kept: the next call asks again. */
export function keepSession(
	ask: () => Promise<Session | Explanation>,
	isOrdered = false,
): SessionKeeper {
	let kept: { readonly value: string; readonly until: number } | undefined;
	let pending: Promise<string | Explanation> | undefined;

	const askOnce = async () => {
		const session = await ask().finally(() => {
			pending = undefined;
		});
		if (isExplanation(session)) return session;
		const { value, lifetimeSeconds = Infinity } = session;
		kept = { value, until: Date.now() + (lifetimeSeconds - marginSeconds) * 1000 };
		return value;
	};
	const current = async () => {
		if (kept !== undefined && Date.now() < kept.until) return kept.value;
		return await (pending ??= askOnce());
	};
	return {
		current,
		async renewed(refused) {
			if (kept?.value === refused) kept = undefined;
			if (!isOrdered) return await current();
			// The request is repeated only once. With a session that others use, it could be overtaken and refused again.
			const own = await ask();
			return isExplanation(own) ? own : own.value;
		},
	};
}
