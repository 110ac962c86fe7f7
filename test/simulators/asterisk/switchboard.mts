import { randomUUID } from 'node:crypto';
import { createClock } from '../clock.mts';
import { createLiveCalls } from '../liveCalls.mts';
import type { LegRequest, LiveCalls } from '../liveCalls.mts';
import { bridgesOf, channelsOf, hexOf, personOf, timeOf } from './channels.mts';
import type { Bridge, Channel, Tags } from './channels.mts';
import { answersAfterSeconds, office, phoneOf } from './office.mts';
import type { Manner } from './office.mts';

export interface Ring {
	readonly number: string;
	readonly party: 'first' | 'second';
	/** As it was given, such as `Sales <12025550100>`. */
	readonly callerId: string;
	readonly at: Date;
}

/** A request that was taken, as it counts. */
export interface Call {
	readonly id: string;
	/** Such as PJSIP/101. */
	readonly endpoint: string;
	readonly extension: string;
	readonly context: string;
	readonly callerId: string;
	/** Null: it has no end. */
	readonly timeoutSeconds: number | null;
	readonly variables: Readonly<Record<string, string>>;
}

export interface Endpoint {
	readonly technology: string;
	readonly resource: string;
	readonly state: 'online' | 'offline';
	readonly channel_ids: readonly string[];
}

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	readonly live: LiveCalls<Tags>;
	/** Also adds a phone if the number has none. */
	setParty(number: string, manner: Manner): void;
	endpoints(): readonly Endpoint[];
	channels(): readonly Channel[];
	channel(id: string): Channel | undefined;
	bridges(): readonly Bridge[];
	/** Takes a call, unless there is no phone for its endpoint. */
	place(call: Call): Channel | undefined;
	/** Whether there was one. */
	hangUp(id: string): boolean;
	reset(): void;
}

const secondTimeoutSeconds = 20;
/** Of the channels of one call. */
const serialsPerCall = 3;

export interface SwitchboardOptions {
	readonly secondMs?: number;
	readonly talkSeconds?: number;
	readonly log?: (line: string) => void;
}

export function createSwitchboard({
	secondMs = 1000,
	talkSeconds = Infinity,
	log = () => undefined,
}: SwitchboardOptions): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const phones = new Map<string, Manner>();
	const clock = createClock(secondMs);
	const live = createLiveCalls<Tags>({
		clock,
		answersAfterSeconds,
		talkSeconds,
		rang: (call, party, { number }) => {
			const callerId = call[party]?.callerId ?? '';
			rings.push({ number, party, callerId, at: new Date() });
			const shown = callerId === '' ? '' : `, caller ID "${callerId}"`;
			log(`ring  ${number}  (${party} party${shown})`);
		},
	});
	let serial = 0;

	const setParty = (number: string, manner: Manner) => {
		phones.set(number, manner);
		if (manner !== 'unregistered') live.setParty(number, manner);
	};
	const setUpOffice = () => {
		phones.clear();
		for (const [number, manner] of office) {
			// It is not set, so the setting of all phones counts.
			if (manner === 'answers') phones.set(number, manner);
			else setParty(number, manner);
		}
	};
	setUpOffice();

	const hasPhone = (number: string | undefined): number is string => {
		if (number === undefined) return false;
		const manner = phones.get(number.length > 3 ? 'trunk' : number);
		return manner !== undefined && manner !== 'unregistered';
	};
	const leg = (number: string | undefined, callerId: string, ringSeconds: number): LegRequest => ({
		phones: hasPhone(number) ? [{ number }] : [],
		callerId,
		ringSeconds,
	});
	const current = () => live.all().filter(({ phase }) => phase !== 'ended');
	const channels = () => current().flatMap(channelsOf);
	return {
		rings,
		calls,
		live,
		setParty,
		endpoints: () => {
			const all = channels();
			return [...phones].map(([resource, manner]) => ({
				technology: 'PJSIP',
				resource,
				state: manner === 'unregistered' ? ('offline' as const) : ('online' as const),
				channel_ids: all
					.filter(({ name }) => name.startsWith(`PJSIP/${resource}-`))
					.map(({ id }) => id),
			}));
		},
		channels,
		channel: (id) => channels().find((channel) => channel.id === id),
		bridges: () => current().flatMap(bridgesOf),
		place(call) {
			const { id, endpoint, extension, callerId } = call;
			const phone = phoneBehind(endpoint);
			if (!isLocal(endpoint) && !hasPhone(phone)) return undefined;
			const tags = { channel: channelOf(call, serial), extension, serial };
			serial += serialsPerCall;
			calls.push(call);
			live.place({
				id,
				first: leg(phone, callerId, call.timeoutSeconds ?? Infinity),
				second: leg(phoneOf(extension, call.context), callerId, secondTimeoutSeconds),
				tags,
			});
			return tags.channel;
		},
		hangUp(id) {
			const call = current().find((one) => channelsOf(one).some((channel) => channel.id === id));
			return call !== undefined && live.hangUp(call.id);
		},
		reset() {
			live.reset();
			clock.clear();
			rings.length = 0;
			calls.length = 0;
			setUpOffice();
		},
	};
}

function isLocal(endpoint: string): boolean {
	return /^local\//i.test(endpoint);
}

/** The phone that an endpoint leads to; of a Local channel, by way of the dialplan. */
function phoneBehind(endpoint: string): string | undefined {
	const [, extension = '', inContext = ''] = /^local\/([^@]*)@([^/]*)/i.exec(endpoint) ?? [];
	if (extension !== '') return phoneOf(extension, inContext);
	const [, number, trunk, phone] = /^pjsip\/(?:(\d+)@(trunk)|([^@/]+))$/i.exec(endpoint) ?? [];
	return trunk === undefined ? phone : number;
}

/** The channel before anything rings. */
function channelOf({ id, endpoint, callerId }: Call, serial: number): Channel {
	const [, resource = ''] = endpoint.split(/\/(.*)/s);
	const [exten = '', where = ''] = resource.split(/[@/]/);
	const local = isLocal(endpoint);
	return {
		id,
		name: local
			? `Local/${exten}@${where}-${hexOf(serial)};1`
			: `PJSIP/${resource.split('@').at(-1) ?? ''}-${hexOf(serial)}`,
		state: 'Down',
		protocol_id: local ? '' : randomUUID(),
		caller: personOf(callerId),
		connected: personOf(callerId),
		accountcode: '',
		dialplan: {
			context: local ? where : 'from-internal',
			exten: local ? exten : 's',
			priority: 1,
			app_name: 'AppDial2',
			app_data: '(Outgoing Line)',
		},
		creationtime: timeOf(Date.now()),
		language: 'en',
	};
}
