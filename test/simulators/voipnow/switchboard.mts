import { randomBytes } from 'node:crypto';

export interface Ring {
	readonly callId: string;
	readonly number: string;
	readonly party: 'source' | 'destination';
	/** What the phone shows; absent: the one of the extension. */
	readonly callerId?: string;
	readonly at: Date;
}

export interface CallRequest {
	/** Charged for the call. */
	readonly extension: string;
	readonly userId: string;
	readonly source: readonly string[];
	readonly destination: readonly string[];
	readonly callerId?: string;
	readonly callerIdDestination?: string;
	readonly nonce?: string;
	readonly waitForPickupSeconds: number;
	readonly callDurationSeconds?: number;
	readonly allowPublicTransfer: boolean;
	readonly video: boolean;
}

export interface Call extends CallRequest {
	readonly id: string;
	readonly state: 'connected' | 'canceled';
	readonly at: Date;
}

/** `never`: it rings, and nobody picks up. `busy`: it does not even ring. */
export type PartyBehaviour = 'answers' | 'never' | 'busy';

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	setParty(number: string, behaviour: PartyBehaviour): void;
	place(request: CallRequest): Call;
	reset(): void;
}

/** Rings every source at once; the first that picks up is connected to the destination. */
export function createSwitchboard(log: (line: string) => void): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const parties = new Map<string, PartyBehaviour>();

	const ring = (callId: string, number: string, party: Ring['party'], callerId?: string) => {
		if (parties.get(number) === 'busy') return;
		const shown = callerId === undefined ? {} : { callerId };
		rings.push({ callId, number, party, ...shown, at: new Date() });
		log(`ring  ${number}  (${party}${callerId === undefined ? '' : `, caller ID ${callerId}`})`);
	};
	return {
		rings,
		calls,
		setParty: (number, behaviour) => {
			parties.set(number, behaviour);
		},
		place: (request) => {
			const id = randomBytes(10).toString('hex');
			for (const number of new Set(request.source)) ring(id, number, 'source', request.callerId);
			const pickedUp = request.source.some(
				(number) => (parties.get(number) ?? 'answers') === 'answers',
			);
			if (pickedUp) {
				for (const number of new Set(request.destination)) {
					ring(id, number, 'destination', request.callerIdDestination);
				}
			}
			const state = pickedUp ? ('connected' as const) : ('canceled' as const);
			const call = { ...request, id, state, at: new Date() };
			calls.push(call);
			return call;
		},
		reset: () => {
			rings.length = 0;
			calls.length = 0;
			parties.clear();
		},
	};
}
