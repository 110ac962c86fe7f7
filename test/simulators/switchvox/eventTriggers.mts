import type { LiveCalls } from '../liveCalls.mts';
import { parseXml } from '../xml.mts';
import type { XmlElement } from '../xml.mts';
import { findByNumber } from './directory.mts';
import type { SwitchvoxCall, Tags } from './switchboard.mts';

// Tools > PBX Features > Event Triggers: https://sangomakb.atlassian.net/wiki/x/QYCwI
// The reply: http://developers.digium.com/switchvox/wiki/index.php/UrlManagerAPI_xml
// Which event has which variable: README of the public receiver xTupleCID, made from the manual of Switchvox 5.8. It has
// neither On Call Answered nor On Outgoing Call, whose variables are STAND-INS.

const hangup = [
	'CALLER_ID_NAME',
	'CALLER_ID_NUMBER',
	'EXTENSION',
	'EXTENSION_TYPE',
	'EVENT_TYPE',
	'JOB_ID',
] as const;
const incoming = [...hangup, 'FEATURE_DATA', 'INCOMING_DID'] as const;
const agent = [...hangup, 'QUEUES'] as const;

/** The variables of each event, by its label on the form. */
const variablesOf = {
	'On Incoming Call': incoming,
	'On Route to Extension': incoming,
	'On Call Answered': incoming,
	'On New Voicemail': [
		...['VM_DUR', 'VM_MSGNUM', 'VM_MAILBOX', 'VM_DATE'],
		...['CALLER_ID_NUMBER', 'CALLER_ID_NAME', 'EVENT_TYPE'],
	],
	'On Checked Voicemail': ['VM_MAILBOX', 'EVENT_TYPE'],
	'On Agent Logged In': agent,
	'On Agent Logged Out': agent,
	'On Call Hangup': hangup,
	'On Outgoing Call': hangup,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TriggerLabel = keyof typeof variablesOf;

const known = new Set<string>(Object.values(variablesOf).flat());

/** Values of `EVENT_TYPE`: only these two are known, the other events' are STAND-INS. */
const eventTypes: Partial<Record<TriggerLabel, string>> = {
	'On Incoming Call': 'incoming',
	'On Call Answered': 'answered',
};

/** To these, an answer with content is undefined behavior. */
const wantEmptyReply: readonly TriggerLabel[] = [
	'On New Voicemail',
	'On Checked Voicemail',
	'On Call Hangup',
];

const instructions = ['caller_id_number', 'caller_id_name', 'transfer_extension', 'display_url'];

export type Values = Readonly<Record<string, string>>;

/** One request that was sent for an event. */
export interface Delivery {
	readonly label: TriggerLabel;
	/** After the variables were replaced. */
	readonly url: string;
	/** Null: there was no reply. */
	readonly status: number | null;
	/** What is wrong with the reply; null if Switchvox can use it. */
	readonly fault: string | null;
	/** What it asks Switchvox to do. */
	readonly instructions: readonly string[];
	readonly milliseconds: number;
}

/** How requests are sent; none of it is documented. */
export interface Sending {
	/** `latestFirst`: those of a call when it is over, the last one first. Default: `inOrder`, each after the reply to the one before. */
	readonly order?: 'inOrder' | 'latestFirst';
	/** Each request is sent twice. */
	readonly twice?: boolean;
	/** How a space is encoded: `%20`, which is the default, or `+`. */
	readonly spaces?: 'percent' | 'plus';
	/** Variables that this version does not know: they stay in the address as they are. */
	readonly unknown?: readonly string[];
}

/** The page Event Triggers of the Admin Suite, and what it makes Switchvox send. */
export interface EventTriggers {
	/** Saves the page: one address for each event, or the Default URL. Events without an address send nothing. */
	enter(addresses: Readonly<Partial<Record<TriggerLabel, string>>>): void;
	send(how: Sending): void;
	/** Reports an event that belongs to no live call. */
	report(label: TriggerLabel, values: Values): void;
	/** In the order of their replies. */
	readonly deliveries: readonly Delivery[];
	/** Resolves when all that was reported so far has been sent and answered, or has not. */
	idle(): Promise<void>;
	reset(): void;
	close(): void;
}

const replyLimitMs = 20_000;

export function createEventTriggers(live: LiveCalls<Tags>): EventTriggers {
	let addresses: Readonly<Partial<Record<TriggerLabel, string>>> = {};
	let how: Sending = {};
	const deliveries: Delivery[] = [];
	/** What each call has reported already, by its ID. */
	const reported = new Map<string, Set<string>>();
	/** Events that wait for the end of their call. */
	const held = new Map<string, (() => Promise<void>)[]>();
	/** The requests of one job are sent one after the other: Switchvox waits for instructions. */
	const queues = new Map<string, Promise<void>>();
	const ended = new AbortController();

	const deliver = async (label: TriggerLabel, url: string) => {
		const started = performance.now();
		const outcome = await post(label, url, ended.signal);
		deliveries.push({ label, url, ...outcome, milliseconds: performance.now() - started });
	};
	const enqueue = (job: string, task: () => Promise<void>) => {
		const queue = (queues.get(job) ?? Promise.resolve()).then(task).catch(() => undefined);
		queues.set(job, queue);
	};
	const report = (label: TriggerLabel, values: Values, isLast = label === 'On Call Hangup') => {
		const address = addresses[label];
		const job = values.JOB_ID ?? '';
		const waiting = held.get(job) ?? [];
		if (address !== undefined) {
			const url = fill(address, label, { EVENT_TYPE: eventTypeOf(label), ...values }, how);
			const task = () => deliver(label, url);
			waiting.push(task);
			if (how.twice === true) waiting.push(task);
		}
		if (how.order === 'latestFirst' && !isLast) {
			held.set(job, waiting);
			return;
		}
		held.delete(job);
		if (how.order === 'latestFirst') waiting.reverse();
		for (const task of waiting) enqueue(job, task);
	};

	const unsubscribe = live.onChange((call) => {
		if (call === null) return;
		const done = reported.get(call.id) ?? new Set();
		reported.set(call.id, done);
		for (const { key, label, values } of eventsOf(call)) {
			if (done.has(key)) continue;
			done.add(key);
			report(label, values);
		}
	});

	return {
		enter: (entered) => {
			for (const [label, address] of Object.entries(entered)) {
				if (!(label in variablesOf)) throw new Error(`The form has no "${label}".`);
				if (!/^https?:\/\//.test(address)) throw new Error(`"${address}" is no URL.`);
			}
			addresses = entered;
		},
		send: (to) => {
			how = to;
		},
		report: (label, values) => {
			report(label, values, true);
		},
		deliveries,
		idle: async () => {
			await Promise.all(queues.values());
		},
		reset: () => {
			addresses = {};
			how = {};
			deliveries.length = 0;
			reported.clear();
			held.clear();
			queues.clear();
		},
		close: () => {
			unsubscribe();
			ended.abort();
		},
	};
}

function eventTypeOf(label: TriggerLabel): string {
	return eventTypes[label] ?? label.replace(/^On /, '').replaceAll(' ', '_').toLowerCase();
}

/** The address with the values of the event. A variable that the event does not have is empty. */
function fill(
	address: string,
	label: TriggerLabel,
	values: Values,
	{ spaces = 'percent', unknown = [] }: Sending,
): string {
	const own: readonly string[] = variablesOf[label];
	return address.replace(/%([A-Z_]+)%/g, (variable, name: string) => {
		if (!known.has(name) || unknown.includes(name)) return variable;
		const value = own.includes(name) ? (values[name] ?? '') : '';
		const encoded = encodeURIComponent(value);
		return spaces === 'plus' ? encoded.replaceAll('%20', '+') : encoded;
	});
}

async function post(
	label: TriggerLabel,
	url: string,
	signal: AbortSignal,
): Promise<Pick<Delivery, 'status' | 'fault' | 'instructions'>> {
	try {
		const limit = AbortSignal.any([signal, AbortSignal.timeout(replyLimitMs)]);
		const response = await fetch(url, { method: 'POST', redirect: 'manual', signal: limit });
		const body = Buffer.from(await response.arrayBuffer());
		const { status, headers } = response;
		return { status, ...judge(label, status, headers.get('content-type') ?? '', body) };
	} catch (error) {
		const { cause } = error as { readonly cause?: { readonly code?: string } };
		return { status: null, fault: cause?.code ?? String(error), instructions: [] };
	}
}

function judge(
	label: TriggerLabel,
	status: number,
	type: string,
	body: Buffer,
): Pick<Delivery, 'fault' | 'instructions'> {
	const nothing = (fault: string) => ({ fault, instructions: [] });
	if (status !== 200) return nothing(`status ${String(status)}`);
	if (!/^(?:text|application)\/xml\b/.test(type)) return nothing(`type ${type}`);
	const parsed = parseXml(body);
	if ('fault' in parsed) return nothing(parsed.fault);
	if (parsed.root.name !== 'response') return nothing(`root ${parsed.root.name}`);
	const asked = childrenOf(parsed.root, 'result')
		.flatMap((result) => childrenOf(result, 'call_info'))
		.flatMap(({ children }) => children.map(({ name }) => name));
	const strange = asked.filter((name) => !instructions.includes(name));
	if (strange.length > 0) return nothing(`unknown ${strange.join()}`);
	const isEmpty = parsed.root.children.length === 0 && parsed.root.text.trim() === '';
	if (!isEmpty && wantEmptyReply.includes(label)) return nothing('not empty');
	return { fault: null, instructions: asked };
}

function childrenOf({ children }: XmlElement, name: string): readonly XmlElement[] {
	return children.filter((child) => child.name === name);
}

interface Occurrence {
	/** What it is within its call. */
	readonly key: string;
	readonly label: TriggerLabel;
	readonly values: Values;
}

/** The events of a call so far, in order. */
function eventsOf(call: SwitchvoxCall): readonly Occurrence[] {
	const { tags, phase, first, second, connectedAt, endedAt } = call;
	const { caller, jobId } = tags;
	const called = (second ?? first).phones.map(({ number }) => number);
	// STAND-IN: of a call that the API has placed, nothing is reported until its first party has picked up.
	if (phase === 'scheduled' || (second !== null && first.answeredAt === null)) return [];
	const {
		number,
		name,
		did = '',
		through = [],
	} = caller ?? {
		number: first.answeredBy ?? '',
		name: '',
	};
	const occur = (label: TriggerLabel, extension: string, more: Values = {}): Occurrence => ({
		key: `${label} ${extension}`,
		label,
		values: {
			CALLER_ID_NUMBER: number,
			CALLER_ID_NAME: name,
			EXTENSION: extension,
			EXTENSION_TYPE: findByNumber(extension)?.type ?? '',
			INCOMING_DID: did,
			JOB_ID: jobId,
			...more,
		},
	});
	const isDialed = findByNumber(number) !== undefined;
	const inside = called.filter((one) => findByNumber(one) !== undefined);
	const reached = [...through, ...inside];
	const answeredBy = (second ?? first).answeredBy;
	return [
		// These two apply to calls between extensions, too.
		...(isDialed ? [occur('On Outgoing Call', called[0] ?? '')] : []),
		...(reached.length > 0 ? [occur('On Incoming Call', reached[0] ?? '')] : []),
		...reached.map((extension) => occur('On Route to Extension', extension)),
		...(connectedAt === null ? [] : [occur('On Call Answered', answererOf(answeredBy))]),
		...(endedAt === null
			? []
			: [{ ...occur('On Call Hangup', answeredBy ?? called[0] ?? ''), key: 'On Call Hangup' }]),
	];
}

/** Somebody outside has no extension: "s", as the public receiver parse-switchvox has seen it. */
function answererOf(answeredBy: string | null): string {
	return answeredBy !== null && findByNumber(answeredBy) !== undefined ? answeredBy : 's';
}
