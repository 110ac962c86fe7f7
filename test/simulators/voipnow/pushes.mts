import { Agent, request } from 'undici';
import type { Disposition, Leg } from '../liveCalls.mts';
import { extensions } from './directory.mts';
import { extendedOf } from './liveCalls.mts';
import type { PhoneCallEvent } from './phoneCallEvents.mts';
import type { VoipNowCall } from './switchboard.mts';

// https://wiki.4psa.com./display/VNUAPI30/VoipNow+Call+Events
// Which events a call of the API has is not documented: here, its phones are called, and who picked up dials the other.

/** How events are sent; what is not documented can be one way or another. */
export interface Pushing {
	/** Whether CallAPIID is sent, which is not documented; default true. */
	readonly apiId?: boolean;
	/** Default false: each once. */
	readonly twice?: boolean;
	/** All of a call's events after its end, the last one first; default false. */
	readonly backwards?: boolean;
	/** Default: the statuses of Asterisk, which a public receiver knows. Documented are ANSWER and UNKNOWN. */
	readonly statuses?: 'asterisk' | 'documented';
	/** CallFlow in lower case, as a public client shows it; default false. */
	readonly lowerCase?: boolean;
}

/** A request that was sent. */
export interface SentEvent {
	readonly event: PhoneCallEvent;
	readonly parameters: Readonly<Record<string, string>>;
	/** Undefined: on its way. Null: no answer came. */
	status?: number | null;
}

export interface Pushes {
	/** Latest last. */
	readonly sent: readonly SentEvent[];
	set(pushing: Pushing): void;
	/** Takes a call as it is now. */
	see(call: VoipNowCall): void;
	/** Resolves when nothing is on its way any more. */
	done(): Promise<void>;
	reset(): void;
	close(): Promise<void>;
}

/** How long an answer is waited for. */
const patienceMs = 30_000;

type Parameters = Readonly<Record<string, string>>;

interface Happening {
	readonly type: string;
	readonly extension: string;
	readonly flow: 'IN' | 'OUT';
	readonly status: string;
}

/** Calls never wait for it: each of them has its own queue of requests. */
export function createPushes(registered: () => readonly PhoneCallEvent[]): Pushes {
	const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
	const sent: SentEvent[] = [];
	const queues = new Map<string, Promise<void>>();
	/** What was seen of a call before. */
	const seen = new Map<string, Set<string>>();
	/** Kept until the end of the call. */
	const kept = new Map<string, SentEvent[]>();
	const ids = new Map<string, string>();
	let pushing: Pushing = {};

	const idOf = (call: VoipNowCall): string => {
		const id =
			ids.get(call.id) ?? `${String(Math.floor(call.placedAt / 1000))}.${String(ids.size + 1)}`;
		ids.set(call.id, id);
		return id;
	};
	const deliver = async (one: SentEvent) => {
		sent.push(one);
		try {
			one.status = await send(one, dispatcher);
		} catch {
			one.status = null;
		}
	};
	const enqueue = (callId: string, all: readonly SentEvent[]) => {
		const repeated = pushing.twice === true ? all.flatMap((one) => [one, { ...one }]) : all;
		for (const one of repeated) {
			const before = queues.get(callId) ?? Promise.resolve();
			queues.set(
				callId,
				before.then(() => deliver(one)),
			);
		}
	};
	const report = (call: VoipNowCall, happening: Happening) => {
		const parameters = parametersOf(call, happening, idOf(call), pushing);
		const all = registered()
			.filter(
				({ extension, type, status }) =>
					extension === happening.extension && type === happening.type && status === '1',
			)
			.map((event): SentEvent => ({ event, parameters }));
		if (pushing.backwards === true) kept.set(call.id, [...(kept.get(call.id) ?? []), ...all]);
		else enqueue(call.id, all);
	};

	return {
		sent,
		set: (changes) => {
			pushing = changes;
		},
		see: (call) => {
			const known = seen.get(call.id) ?? new Set<string>();
			seen.set(call.id, known);
			for (const happening of happeningsOf(call, pushing)) {
				const key = `${happening.type} ${happening.extension}`;
				if (known.has(key)) continue;
				known.add(key);
				report(call, happening);
			}
			if (call.phase !== 'ended') return;
			enqueue(call.id, kept.get(call.id)?.reverse() ?? []);
			kept.delete(call.id);
		},
		done: async () => {
			await Promise.all(queues.values());
		},
		reset: () => {
			sent.length = 0;
			for (const map of [queues, seen, kept, ids]) map.clear();
			pushing = {};
		},
		close: () => dispatcher.destroy(),
	};
}

async function send({ event, parameters }: SentEvent, dispatcher: Agent): Promise<number> {
	const encoded = new URLSearchParams(parameters).toString();
	const signal = AbortSignal.timeout(patienceMs);
	const isGet = event.method === '0';
	const { statusCode, body } = await request(
		isGet ? `${event.url}${event.url.includes('?') ? '&' : '?'}${encoded}` : event.url,
		{
			method: isGet ? 'GET' : 'POST',
			...(!isGet && {
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: encoded,
			}),
			dispatcher,
			signal,
		},
	);
	await body.dump();
	return statusCode;
}

/** All that has happened to the extensions of a call so far. */
function happeningsOf(call: VoipNowCall, { statuses }: Pushing): readonly Happening[] {
	const { first, second, tags } = call;
	const calling = 'CALLING';
	const dialed = (leg: Leg | null) => (leg === null ? [] : incoming(leg, calling));
	const rang = [...dialed(first), ...dialed(second)];
	const caller = extensionOf(first.answeredBy ?? tags.extension);
	const isDialing = second !== null && second.startedAt !== null && caller !== undefined;
	const outgoing = isDialing
		? [
				out('1', caller, calling),
				...(second.answeredAt === null ? [] : [out('4', caller, 'ANSWER')]),
			]
		: [];
	const happened = [...rang, ...outgoing];
	if (call.phase !== 'ended') return happened;
	const status = statusOf(call, statuses);
	const involved = new Map(happened.map((one) => [one.extension, one]));
	return [
		...happened,
		...[...involved.values()].map(({ extension, flow }) => ({
			type: '2',
			extension,
			flow,
			status,
		})),
	];
}

function out(type: string, extension: string, status: string): Happening {
	return { type, extension, flow: 'OUT', status };
}

/** The extensions of a leg that ring, and the one that picks up. */
function incoming({ phones, answeredBy }: Leg, status: string): readonly Happening[] {
	return phones.flatMap(({ number, ringingAt }) => {
		const extension = extensionOf(number);
		if (extension === undefined || ringingAt === null) return [];
		const rings = { type: '0', extension, flow: 'IN' as const, status };
		return number === answeredBy ? [rings, { ...rings, type: '3', status: 'ANSWER' }] : [rings];
	});
}

function extensionOf(number: string): string | undefined {
	const extended = extendedOf(number);
	return extensions.some((one) => one.extended === extended) ? extended : undefined;
}

const asterisk: Readonly<Record<Disposition, string>> = {
	answered: 'ANSWER',
	busy: 'BUSY',
	rejected: 'BUSY',
	no_answer: 'NOANSWER',
	canceled: 'CANCEL',
	failed: 'CHANUNAVAIL',
};

function statusOf({ disposition }: VoipNowCall, statuses: Pushing['statuses']): string {
	const status = asterisk[disposition ?? 'failed'];
	return statuses === 'documented' && status !== 'ANSWER' ? 'UNKNOWN' : status;
}

/** Each parameter occurs once, and can be empty. */
function parametersOf(
	{ id, tags, first }: VoipNowCall,
	{ extension, flow, status }: Happening,
	callId: string,
	{ apiId = true, lowerCase = false }: Pushing,
): Parameters {
	const isFromOutside = tags.from !== undefined;
	const callerExtension = isFromOutside
		? ''
		: (extensionOf(first.answeredBy ?? tags.extension) ?? '');
	const called = isFromOutside ? (tags.did ?? '') : (tags.destination[0] ?? '');
	return {
		CallID: callId,
		CallerIDNum: tags.from ?? callerExtension,
		CallerIDName: first.callerId.replace(/ ?<.*>$/, ''),
		CalledDID: tags.did ?? '',
		CalledExtension: flow === 'IN' ? extension : (extensionOf(called) ?? ''),
		CallStatus: status,
		CallFlow: lowerCase ? flow.toLowerCase() : flow,
		CallerExtension: callerExtension,
		CalledNumber: called,
		...(apiId && !isFromOutside && { CallAPIID: id }),
	};
}
