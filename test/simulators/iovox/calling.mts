import type { Clock } from '../clock.mts';
import { createLiveCalls } from '../liveCalls.mts';
import type { LiveCall, LiveCalls } from '../liveCalls.mts';
import { parseXml } from '../xml.mts';
import type { XmlElement } from '../xml.mts';
import * as errors from './errors.mts';
import type { IovoxError } from './errors.mts';
import { links } from './links.mts';

/** A call that IOVOX took. */
export interface Call {
	readonly linkId: string;
	readonly variables: Readonly<Record<string, string>>;
	readonly delayMinutes: number;
	readonly at: Date;
}

export interface Ring {
	/** Without the keys that are dialed after it. */
	readonly number: string;
	/** Keys dialed after the answer: digits, and "," for a pause of 2 seconds. */
	readonly keys: string;
	readonly linkId: string;
	readonly at: Date;
}

/** What IOVOX knows of a call beside its leg. */
export interface Tags {
	readonly linkId: string;
	/** As it was requested, with its keys; of the link if the call had none. */
	readonly destination: string;
	readonly recordId: string;
	/** Of a call from outside. */
	readonly incoming?: IncomingCall;
}

/** Somebody outside calls a VoxNumber. The Calling Rules of its link decide which number rings. */
export interface IncomingCall {
	readonly from: string;
	readonly voxNumber: string;
	readonly linkId: string;
	readonly destination: string;
}

export type IovoxCall = LiveCall<Tags>;

export interface CallingOptions {
	readonly clock: Clock;
	readonly talkSeconds?: number;
	/** From the end of a call until its record is there. */
	readonly recordAfterSeconds: number;
	/** Calls that go on have a record, too. */
	readonly recordsLiveCalls: boolean;
	/** How many calls are accepted before "The number of calls allowed has been exceeded". */
	readonly callsAllowed: number;
	readonly log: (line: string) => void;
}

export interface Calling {
	readonly calls: readonly Call[];
	readonly rings: readonly Ring[];
	readonly live: LiveCalls<Tags>;
	/** Calls that have a record. */
	recorded(): readonly IovoxCall[];
	/** Takes a call from outside. */
	take(incoming: IncomingCall): IovoxCall;
	/** Reads the payload of initiateCall and accepts the call, or names all of its faults. */
	initiate(body: Buffer): Call | readonly IovoxError[];
	/** Forgets everything; delayed calls are dropped. */
	reset(): void;
}

/** How long the phone rings is set by the Calling Rules. */
const ringSeconds = 30;
const answersAfterSeconds = 2;
const firstRecordId = 123456;

export function createCalling(options: CallingOptions): Calling {
	const { callsAllowed, clock, talkSeconds, recordAfterSeconds, recordsLiveCalls, log } = options;
	const calls: Call[] = [];
	const rings: Ring[] = [];
	const live = createLiveCalls<Tags>({
		clock,
		answersAfterSeconds,
		// A record stays.
		keep: Infinity,
		...(talkSeconds !== undefined && { talkSeconds }),
		rang: ({ placedAt, tags: { linkId, destination } }, _, { number, ringingAt }) => {
			const keys = destination.slice(number.length);
			rings.push({ number, keys, linkId, at: new Date(ringingAt ?? placedAt) });
			log(`ring  ${number}  (link ${linkId}${keys === '' ? '' : `, then keys ${keys}`})`);
		},
	});

	let taken = 0;
	const nextRecordId = () => String(firstRecordId + taken++);
	const hasRecord = (call: IovoxCall) =>
		call.endedAt === null
			? recordsLiveCalls && call.first.startedAt !== null
			: recordsLiveCalls || live.now(call) - call.endedAt >= recordAfterSeconds * 1000;

	return {
		calls,
		rings,
		live,
		recorded: () => live.all().filter(hasRecord),
		take(incoming) {
			const { linkId, destination } = incoming;
			const recordId = nextRecordId();
			return live.place({
				id: recordId,
				first: { phones: [{ number: destination }], ringSeconds },
				tags: { linkId, destination, recordId, incoming },
			});
		},
		initiate(body) {
			const read = readPayload(body);
			if (!('linkId' in read)) return read;
			if (calls.length >= callsAllowed) return [errors.tooManyCalls];
			const call = { ...read, at: new Date(clock.date()) };
			const { linkId, variables, delayMinutes } = call;
			const recordId = nextRecordId();
			calls.push(call);
			const link = links.find((one) => one.linkId === linkId);
			const destination = variables.call_destination ?? link?.destination ?? '';
			const [number = ''] = destination.split(',');
			live.place({
				id: recordId,
				startAfterSeconds: delayMinutes * 60,
				first: { phones: [{ number }], ringSeconds },
				tags: { linkId, destination, recordId },
			});
			return call;
		},
		reset() {
			live.reset();
			clock.clear();
			calls.length = 0;
			rings.length = 0;
			taken = 0;
		},
	};
}

function readPayload(body: Buffer): Omit<Call, 'at'> | readonly IovoxError[] {
	if (body.toString('latin1').trim() === '') return [errors.xmlEmpty];
	const parsed = parseXml(body);
	if ('fault' in parsed) {
		const [, line = '1', what = parsed.fault] = /^line (\d+): (.*)$/s.exec(parsed.fault) ?? [];
		return [errors.xmlFault(what, Number(line), 1)];
	}
	const { root } = parsed;
	if (root.name !== 'request' || root.children.length === 0) return [errors.requestEmpty];
	return readRequest(root);
}

function readRequest(root: XmlElement): Omit<Call, 'at'> | readonly IovoxError[] {
	const stray = root.children.filter(({ name }) => name !== 'link_id' && name !== 'call_variables');
	if (stray.length > 0) return stray.map(({ name }) => errors.unknownNode(name));
	const linkId = root.children.find(({ name }) => name === 'link_id')?.text ?? '';
	if (linkId === '') return [errors.linkIdEmpty];
	const link = links.find((one) => one.linkId === linkId);
	if (!link) return [errors.unknownLink];
	if (link.ruleName === '') return [errors.linkWithoutRules];

	const given = root.children.filter(({ name }) => name === 'call_variables');
	const list = given.flatMap(({ children }) => children);
	const names = list.map(({ name }) => name);
	const variables = Object.fromEntries(list.map(({ name, text }) => [name, text]));
	const { call_destination: destination = '', delay = '0' } = variables;
	const wrong = [
		...given.slice(1).map(() => errors.unknownNode('call_variables')),
		...names.filter((name, at) => names.indexOf(name) < at).map(errors.variableTwice),
		...list
			.filter(({ children }) => children.length > 0)
			.map(({ name }) => errors.variableInvalid(name)),
		...link.needs.filter((name) => (variables[name] ?? '') === '').map(errors.variableEmpty),
		...(/^\d+$/.test(delay) ? [] : [errors.variableInvalid('delay')]),
		...(destination === '' || /^\+?[0-9*#]+(?:,[0-9*#,]*)?$/.test(destination)
			? []
			: [errors.variableInvalid('call_destination')]),
	];
	return wrong.length > 0 ? wrong : { linkId, variables, delayMinutes: Number(delay) };
}
