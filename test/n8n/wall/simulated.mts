/** The phones of a simulated phone system, as its calls live. */
import type { Leg, LiveCall, LiveCalls, Party } from '../../simulators/liveCalls.mts';
import type { FaultOptions } from '../../simulators/fault.mts';
import type {
	CallView,
	LineView,
	Manner,
	PhoneView,
	SystemView,
	WallSystem,
	WallView,
} from './view.mts';

export interface Simulated {
	readonly id: string;
	readonly name: string;
	/** Shown before anybody calls them. */
	readonly phones: readonly string[];
	/** Whether the node gets the ID of a call. */
	readonly givesId: boolean;
	readonly live: LiveCalls;
	/** Of the simulator. */
	readonly fault: (fault: 'cutAfterRinging' | null, options: FaultOptions) => void;
}

/** Further phones that are shown, because they were called or set. */
const morePhones = 6;
const callsShown = 6;

export function simulatedSystem({ id, name, phones, givesId, live, fault }: Simulated): WallSystem {
	const listeners = new Set<() => void>();
	/** Those that somebody set at the wall, or that were called; the latest last. */
	const further = new Set<string>();
	let losesNextReply = false;

	const changed = () => {
		for (const listener of listeners) listener();
	};
	const met = (number: string) => {
		if (phones.includes(number)) return;
		further.delete(number);
		further.add(number);
	};
	live.onChange((call) => {
		if (call === null) further.clear();
		else for (const { number } of phonesOf(call)) met(number);
		changed();
	});
	const shown = () => {
		const inUse = new Set(
			live
				.all()
				.filter(isLive)
				.flatMap(phonesOf)
				.map(({ number }) => number),
		);
		const latest = new Set([...further].slice(-morePhones));
		return [...phones, ...[...further].filter((one) => inUse.has(one) || latest.has(one))];
	};
	return {
		id,
		show: (): SystemView => ({
			id,
			name,
			losesNextReply,
			phones: shown().map((number) => phoneView(live, number)),
			calls: latestCalls(live.all()).map((call) => callView(call, givesId)),
		}),
		onChange: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		act(action) {
			switch (action.kind) {
				case 'pickUp':
					return live.pickUp(action.call, action.party, action.number);
				case 'reject':
					return live.reject(action.call, action.party, action.number);
				case 'hangUp':
					return live.hangUp(action.call, action.party);
				case 'set':
					met(action.number);
					live.setParty(action.number, action.does);
					changed();
					return true;
				case 'loseNextReply': {
					const struck = () => {
						losesNextReply = false;
						changed();
					};
					fault(action.on ? 'cutAfterRinging' : null, { next: true, struck });
					losesNextReply = action.on;
					changed();
					return true;
				}
			}
		},
		setOthers(does: WallView['others']) {
			live.setOthers(does);
			for (const number of [...phones, ...further]) {
				const manner = mannerOf(live, number);
				if (manner === 'byHand' || manner === 'answers') live.setParty(number, does);
			}
			changed();
		},
	};
}

function isLive({ phase }: LiveCall): boolean {
	return phase !== 'ended';
}

function legsOf({ first, second }: LiveCall): readonly Leg[] {
	return second === null ? [first] : [first, second];
}

function phonesOf(call: LiveCall) {
	return legsOf(call).flatMap(({ phones }) => phones);
}

/** All that live, and the last of the others. */
function latestCalls(calls: readonly LiveCall[]): readonly LiveCall[] {
	const ended = calls.filter((call) => !isLive(call));
	const last = new Set(ended.slice(-Math.max(callsShown - (calls.length - ended.length), 1)));
	return calls.filter((call) => isLive(call) || last.has(call)).reverse();
}

function mannerOf(live: LiveCalls, number: string): Manner {
	const does = live.partyOf(number);
	if (does === 'never') return 'byHand';
	return does === 'byHand' || does === 'busy' || does === 'offline' ? does : 'answers';
}

function phoneView(live: LiveCalls, number: string): PhoneView {
	const lines = live
		.all()
		.filter(isLive)
		.flatMap((call) => lineOf(call, 'first', number) ?? lineOf(call, 'second', number) ?? []);
	return { number, does: mannerOf(live, number), lines };
}

/** Undefined if this phone has nothing of the call now. */
function lineOf(call: LiveCall, party: Party, number: string): LineView | undefined {
	const leg = call[party];
	const phone = leg?.phones.find((one) => one.number === number);
	if (leg === null || phone === undefined || phone.ringingAt === null) return undefined;
	const other = party === 'first' ? call.second : call.first;
	const line = {
		call: call.id,
		party,
		callerId: leg.callerId,
		other: other === null ? '' : nameOf(other),
	};
	if (phone.disposition === null) return { ...line, state: 'ringing', since: phone.ringingAt };
	if (leg.answeredBy !== number || leg.answeredAt === null) return undefined;
	return call.connectedAt === null
		? { ...line, state: 'waiting', since: leg.answeredAt }
		: { ...line, state: 'talking', since: call.connectedAt };
}

function nameOf({ answeredBy, phones }: Leg): string {
	return answeredBy ?? phones.map(({ number }) => number).join(', ');
}

function callView(call: LiveCall, givesId: boolean): CallView {
	const { id, first, second, phase, connectedAt, endedAt } = call;
	return {
		call: id,
		callId: givesId ? id : null,
		from: second === null ? '' : nameOf(first),
		to: nameOf(second ?? first),
		state: phase === 'answered_first' ? 'ringing_second' : phase,
		disposition: call.disposition,
		placedAt: call.placedAt,
		talkSeconds:
			connectedAt === null || endedAt === null ? null : Math.round((endedAt - connectedAt) / 1000),
	};
}
