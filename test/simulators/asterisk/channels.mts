/** How ARI shows a call: a channel for each phone, and who talks in a bridge. */
import type { Leg, LiveCall, Phase } from '../liveCalls.mts';

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_Data_Models/#channel */
export interface Channel {
	readonly id: string;
	readonly name: string;
	readonly state: 'Down' | 'Ring' | 'Ringing' | 'Up';
	readonly protocol_id: string;
	readonly caller: Person;
	readonly connected: Person;
	readonly accountcode: string;
	readonly dialplan: {
		readonly context: string;
		readonly exten: string;
		readonly priority: number;
		readonly app_name: string;
		readonly app_data: string;
	};
	readonly creationtime: string;
	readonly language: string;
}

interface Person {
	readonly name: string;
	readonly number: string;
}

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_Data_Models/#bridge */
export interface Bridge {
	readonly id: string;
	readonly technology: string;
	readonly bridge_type: string;
	readonly bridge_class: string;
	readonly creator: string;
	readonly name: string;
	readonly channels: readonly string[];
	readonly creationtime: string;
	readonly video_mode: string;
}

/** What Asterisk knows of a call besides its phones. */
export interface Tags {
	/** As the reply to placing the call shows it. */
	readonly channel: Channel;
	/** The second phone, as it was dialed. */
	readonly extension: string;
	/** Numbers the channels that Asterisk names itself; unique. */
	readonly serial: number;
}

type Call = LiveCall<Tags>;

export function channelsOf(call: Call): readonly Channel[] {
	const { channel, serial } = call.tags;
	const own = ownChannel(call);
	const second = legChannel(call, call.second, serial + 1);
	if (!isLocal(channel)) return [own, ...second];
	return [own, otherHalf(call), ...legChannel(call, call.first, serial + 2), ...second];
}

export function bridgesOf(call: Call): readonly Bridge[] {
	const { channel, serial } = call.tags;
	const { first, second, connectedAt } = call;
	const idOf = (leg: Leg | null, offset: number) =>
		legChannel(call, leg, serial + offset).map(({ id }) => id);
	const inner = isLocal(channel) && first.answeredAt !== null;
	return [
		...(inner ? [bridge(`${channel.id};2`, idOf(first, 2), first.answeredAt)] : []),
		...(connectedAt === null ? [] : [bridge(channel.id, idOf(second, 1), connectedAt)]),
	];
}

const noOne: Person = { name: '', number: '' };

const up: ReadonlySet<Phase> = new Set(['answered_first', 'ringing_second', 'connected']);

function ownChannel(call: Call): Channel {
	const { channel, extension } = call.tags;
	if (!up.has(call.phase)) {
		return { ...channel, state: call.phase === 'ringing_first' ? 'Ringing' : 'Down' };
	}
	return {
		...channel,
		state: 'Up',
		caller: ownParty(call),
		connected: call.connectedAt === null ? channel.connected : partyOf(call, call.second),
		dialplan: { ...channel.dialplan, exten: extension, ...dialing(extension) },
	};
}

/** A Local channel has two halves: one is the call, the other is in the dialplan and rings the phone. */
function otherHalf(call: Call): Channel {
	const { channel } = call.tags;
	const answered = up.has(call.phase);
	return {
		...channel,
		id: `${channel.id};2`,
		name: channel.name.replace(/1$/, '2'),
		state: answered ? 'Up' : 'Ring',
		connected: answered ? partyOf(call, call.first) : channel.connected,
		dialplan: { ...channel.dialplan, ...dialing(channel.dialplan.exten) },
	};
}

/** The party that the other side sees: through the dialplan, the phone. */
function ownParty(call: Call): Person {
	const { channel } = call.tags;
	return isLocal(channel) ? partyOf(call, call.first) : channel.caller;
}

/** A name stays with the call. */
function partyOf({ tags: { channel } }: Call, leg: Leg | null): Person {
	return { name: channel.caller.name, number: leg?.phones[0]?.number ?? '' };
}

/** The channel of a phone; none before it is called, or if there is no phone. */
function legChannel(call: Call, leg: Leg | null, serial: number): readonly Channel[] {
	const number = leg?.phones[0]?.number;
	if (leg === null || leg.startedAt === null || number === undefined) return [];
	const { channel } = call.tags;
	const resource = number.length > 3 ? 'trunk' : number;
	const isSecond = leg === call.second;
	return [
		{
			...channel,
			id: `${String(Math.floor(call.placedAt / 1000))}.${String(serial)}`,
			name: `PJSIP/${resource}-${hexOf(serial)}`,
			state: leg.answeredAt === null ? 'Ringing' : 'Up',
			protocol_id: `${channel.id}-${String(serial)}`,
			caller: partyOf(call, leg),
			connected:
				isSecond || call.connectedAt === null ? ownParty(call) : partyOf(call, call.second),
			dialplan: {
				...channel.dialplan,
				exten: '',
				app_name: 'AppDial',
				app_data: '(Outgoing Line)',
			},
			creationtime: timeOf(leg.startedAt),
		},
	];
}

function dialing(extension: string) {
	const target = extension.length > 3 ? `PJSIP/${extension}@trunk` : `PJSIP/${extension}`;
	return { app_name: 'Dial', app_data: `${target},20` };
}

function bridge(channel: string, others: readonly string[], since: number | null): Bridge {
	return {
		id: `bridge-${channel}`,
		technology: 'simple_bridge',
		bridge_type: 'mixing',
		bridge_class: 'basic',
		creator: '',
		name: '',
		channels: [channel, ...others],
		creationtime: timeOf(since ?? 0),
		video_mode: 'none',
	};
}

function isLocal({ name }: Channel): boolean {
	return name.startsWith('Local/');
}

export function hexOf(serial: number): string {
	return serial.toString(16).padStart(8, '0');
}

export function timeOf(moment: number): string {
	return new Date(moment).toISOString().replace('Z', '+0000');
}

export function personOf(callerId: string): Person {
	const [, name = '', number = ''] = /^\s*"?(.*?)"?\s*<([^>]*)>\s*$/.exec(callerId) ?? [];
	if (callerId === '') return noOne;
	return { name, number: number === '' ? callerId : number };
}
