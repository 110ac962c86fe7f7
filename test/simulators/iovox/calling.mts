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

export interface CallingOptions {
	/** How many calls are accepted before "The number of calls allowed has been exceeded". */
	readonly callsAllowed: number;
	/** Real milliseconds in one minute of delay. */
	readonly minuteMs: number;
	readonly log: (line: string) => void;
}

export interface Calling {
	readonly calls: readonly Call[];
	readonly rings: readonly Ring[];
	/** Reads the payload of initiateCall and accepts the call, or names all of its faults. */
	initiate(body: Buffer): Call | readonly IovoxError[];
	/** Forgets everything; delayed calls are dropped. */
	reset(): void;
}

export function createCalling({ callsAllowed, minuteMs, log }: CallingOptions): Calling {
	const calls: Call[] = [];
	const rings: Ring[] = [];
	const delayed = new Set<NodeJS.Timeout>();

	const ring = ({ linkId, variables }: Call) => {
		const link = links.find((one) => one.linkId === linkId);
		const destination = variables.call_destination ?? link?.destination ?? '';
		const [, number = '', keys = ''] = /^([^,]*)(.*)$/.exec(destination) ?? [];
		rings.push({ number, keys, linkId, at: new Date() });
		log(`ring  ${number}  (link ${linkId}${keys === '' ? '' : `, then keys ${keys}`})`);
	};

	return {
		calls,
		rings,
		initiate(body) {
			const read = readPayload(body);
			if (!('linkId' in read)) return read;
			if (calls.length >= callsAllowed) return [errors.tooManyCalls];
			const call = { ...read, at: new Date() };
			calls.push(call);
			if (call.delayMinutes === 0) {
				ring(call);
				return call;
			}
			const timer = setTimeout(() => {
				delayed.delete(timer);
				ring(call);
			}, call.delayMinutes * minuteMs);
			delayed.add(timer);
			return call;
		},
		reset() {
			calls.length = 0;
			rings.length = 0;
			for (const timer of delayed) clearTimeout(timer);
			delayed.clear();
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
