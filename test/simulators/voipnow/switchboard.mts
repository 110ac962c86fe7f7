import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.mts';
import { createLiveCalls } from '../liveCalls.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from '../liveCalls.mts';

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
	readonly at: Date;
}

/** What VoipNow knows of a call beside its legs. */
export interface Tags {
	/** With the prefix of its user, however it was requested. */
	readonly extension: string;
	readonly userId: string;
	readonly source: readonly string[];
	readonly destination: readonly string[];
	readonly nonce: string;
	/** The number of a caller outside; absent for a call of the API. */
	readonly from?: string;
	/** The public number that such a caller dialed. */
	readonly did?: string;
}

export interface IncomingCall {
	readonly from: string;
	readonly did?: string;
	/** With the prefix of their user. */
	readonly extensions: readonly string[];
	/** Default 60. */
	readonly ringSeconds?: number;
}

export type VoipNowCall = LiveCall<Tags>;

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	readonly live: LiveCalls<Tags>;
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** The extension that is charged, with its prefix. */
	place(request: CallRequest, charged: string): Call;
	/** A call from outside, which rings these extensions at once; gives its ID. */
	ring(request: IncomingCall): string;
	reset(): void;
}

export interface SwitchboardOptions {
	readonly clock: Clock;
	readonly talkSeconds?: number;
	readonly log: (line: string) => void;
}

/** How long the destination rings is not documented. */
const destinationRingsSeconds = 60;

/** Rings every source at once; the first that picks up is connected to the destination. */
export function createSwitchboard({ clock, talkSeconds, log }: SwitchboardOptions): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const live = createLiveCalls<Tags>({
		clock,
		...(talkSeconds !== undefined && { talkSeconds }),
		rang: (call, party, { number, ringingAt }) => {
			const { callerId } = call[party] ?? call.first;
			const shown = callerId === '' ? {} : { callerId };
			const role = party === 'first' ? ('source' as const) : ('destination' as const);
			const at = new Date(ringingAt ?? call.placedAt);
			rings.push({ callId: call.id, number, party: role, ...shown, at });
			log(`ring  ${number}  (${role}${callerId === '' ? '' : `, caller ID ${callerId}`})`);
		},
	});
	return {
		rings,
		calls,
		live,
		setParty: live.setParty,
		place: (request, charged) => {
			const { userId, source, destination, callDurationSeconds } = request;
			const id = randomBytes(10).toString('hex');
			const call: Call = { ...request, id, at: new Date(clock.date()) };
			calls.push(call);
			live.place({
				id,
				first: {
					phones: source.map((number) => ({ number })),
					callerId: request.callerId ?? '',
					ringSeconds: request.waitForPickupSeconds,
				},
				second: {
					phones: destination.map((number) => ({ number })),
					callerId: request.callerIdDestination ?? '',
					ringSeconds: destinationRingsSeconds,
				},
				...(callDurationSeconds !== undefined && { longestTalkSeconds: callDurationSeconds }),
				tags: {
					extension: charged,
					userId,
					source,
					destination,
					// "Can be NULL: No": VoipNow has one of its own where none was given.
					nonce: request.nonce ?? randomUUID().replaceAll('-', ''),
				},
			});
			return call;
		},
		ring: ({ from, did, extensions, ringSeconds = destinationRingsSeconds }) => {
			const id = randomBytes(10).toString('hex');
			live.place({
				id,
				first: { phones: extensions.map((number) => ({ number })), callerId: from, ringSeconds },
				tags: {
					extension: extensions[0] ?? '',
					userId: '12',
					source: [from],
					destination: extensions,
					nonce: randomUUID().replaceAll('-', ''),
					from,
					...(did !== undefined && { did }),
				},
			});
			return id;
		},
		reset: () => {
			live.reset();
			rings.length = 0;
			calls.length = 0;
		},
	};
}
