import { type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import type { Ticket } from '../nodes/shared/wire/signIn';

/** A token is not used in its last seconds: the way to the vendor takes time. */
const marginSeconds = 10;

/** Keeps what a vendor gave out to sign in with, for all calls of a client. */
export interface TicketKeeper {
	/** The kept one; a fresh one where there is none, or it is at its end. */
	current(): Promise<string | Explanation>;
	/** Another one than this, which the vendor refused. */
	renewed(refused: string): Promise<string | Explanation>;
}

/** Calls that ask at the same time wait for the same answer. What keeps a ticket from being had is not kept. */
export function keepTickets(fetchTicket: () => Promise<Ticket | Explanation>): TicketKeeper {
	let kept: { readonly ticket: string; readonly until: number } | undefined;
	let pending: Promise<string | Explanation> | undefined;

	const fetchOne = async () => {
		const fetched = await fetchTicket().finally(() => {
			pending = undefined;
		});
		if (isExplanation(fetched)) return fetched;
		const { ticket, lifetimeSeconds = Infinity } = fetched;
		kept = { ticket, until: Date.now() + (lifetimeSeconds - marginSeconds) * 1000 };
		return ticket;
	};
	const current = async () => {
		if (kept !== undefined && Date.now() < kept.until) return kept.ticket;
		return await (pending ??= fetchOne());
	};
	return {
		current,
		async renewed(refused) {
			if (kept?.ticket === refused) kept = undefined;
			return await current();
		},
	};
}
