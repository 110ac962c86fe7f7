import type { Clock } from '../clock.mts';
import type { Leg, Party } from '../liveCalls.mts';
import { recordOf } from './records.mts';
import type { CallRecord } from './records.mts';
import { rowOf, unixTime } from './rows.mts';
import type { EnswitchCall } from './switchboard.mts';

/** A way to report calls; a customer can have several. */
export type Reporting =
	// https://integrics.com/enswitch/guides/3.14/en/admin/events/: "Send events to URL"
	| { readonly by: 'events'; readonly url: string }
	// The webhook form of 015, as public receivers describe it: of the call as a whole.
	| {
			readonly by: 'webhook';
			readonly url: string;
			readonly template: string;
			/** Default `application/json`. */
			readonly contentType?: string;
			/** Default: the first three. */
			readonly on?: readonly WebhookEvent[];
	  }
	// https://integrics.com/enswitch/guides/3.14/en/admin/urls/: for calls from outside
	| { readonly by: 'webUrl'; readonly answered?: string; readonly hangup?: string };

export type WebhookEvent = 'Calling' | 'Answer' | 'Hangup' | 'Hangup Answered Only';

/** What goes wrong on the way. */
export interface Disorder {
	/** How often each report is sent; default 1. */
	readonly copies?: number;
	/** How often a report is sent again that was not answered with a 2xx; default 0. */
	readonly resends?: number;
	/** The report of the answer comes after that of the end. */
	readonly answersLate?: boolean;
	/** A wrong one, in place of the right one. */
	readonly contentType?: string;
}

/** A report that was sent. */
export interface Delivery {
	readonly url: string;
	readonly contentType: string;
	readonly body: string;
	/** Null: there was no answer. */
	readonly status: number | null;
	/** Until the answer was there. */
	readonly milliseconds: number;
}

export interface Reporter {
	readonly deliveries: readonly Delivery[];
	set(reportings: readonly Reporting[], disorder?: Disorder): void;
	/** A leg is about to be called, at this moment: `ring` is run once the receiver has answered. */
	route(call: EnswitchCall, party: Party, at: number, ring: () => void): void;
	changed(call: EnswitchCall): void;
	/** Sends an event with these fields, as "Send events to URL" does. */
	announce(fields: Readonly<Record<string, string>>): void;
	/** Resolves when everything is sent. */
	idle(): Promise<void>;
	reset(): void;
}

/** "The URL must reply quickly, as routing of calls is delayed until it responds." For how long is not documented. */
const longestRoutingSeconds = 5;
const resendAfterSeconds = 1;
const longestAnswerMs = 30_000;

interface Report {
	readonly url: string;
	readonly contentType: string;
	readonly body: string;
	readonly isLate: boolean;
}

interface KnownLeg {
	/** As it was when it was reported to start. */
	readonly leg: Leg;
	isAnswered: boolean;
}

interface KnownCall {
	readonly legs: Map<Party, KnownLeg>;
	isConnected: boolean;
	readonly late: Report[];
}

type Moment = 'start' | 'routed' | 'answered' | 'ended';

export function createReporter(clock: Clock): Reporter {
	const deliveries: Delivery[] = [];
	let reportings: readonly Reporting[] = [];
	let disorder: Disorder = {};
	const calls = new Map<string, KnownCall>();
	/** Each machine sends one report of a call after the other. */
	const lines = new Map<string, Promise<unknown>>();

	const post = async ({ url, contentType, body }: Report): Promise<boolean> => {
		const started = performance.now();
		const type = disorder.contentType ?? contentType;
		const status = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': type },
			body,
			redirect: 'manual',
			signal: AbortSignal.timeout(longestAnswerMs),
		}).then(
			async (response) => {
				await response.arrayBuffer();
				return response.status;
			},
			() => null,
		);
		const milliseconds = performance.now() - started;
		deliveries.push({ url, contentType: type, body, status, milliseconds });
		return status !== null && status >= 200 && status < 300;
	};
	const deliver = async (report: Report) => {
		const { copies = 1, resends = 0 } = disorder;
		for (let copy = 0; copy < copies; copy++) {
			let left = resends;
			while (!(await post(report)) && left-- > 0) {
				await new Promise<void>((resolve) => {
					clock.after(resendAfterSeconds, resolve);
				});
			}
		}
	};
	/** Resolves when it is answered. */
	const send = async (id: string, reports: readonly Report[]): Promise<void> => {
		const known = calls.get(id);
		const now = reports.filter(({ isLate }) => !isLate || known === undefined);
		known?.late.push(...reports.filter((report) => !now.includes(report)));
		const before = lines.get(id) ?? Promise.resolve();
		const line = before.then(async () => {
			for (const report of now) await deliver(report);
		});
		lines.set(id, line);
		await line;
		if (lines.get(id) === line) lines.delete(id);
	};

	const eventsOf = (moment: Moment, at: number, fields: object): Report[] =>
		reportings.flatMap((reporting) => {
			if (reporting.by !== 'events') return [];
			const head = { class: 'call', event: moment, timestamp: (at / 1000).toFixed(6) };
			return [formReport(reporting.url, { ...head, ...fields }, isLate(moment === 'answered'))];
		});
	const webhooksOf = (event: WebhookEvent, fields: object): Report[] =>
		reportings.flatMap((reporting) => {
			if (reporting.by !== 'webhook') return [];
			const { url, template, contentType = 'application/json' } = reporting;
			const { on = ['Calling', 'Answer', 'Hangup'] } = reporting;
			if (!on.includes(event)) return [];
			const body = filled(template, { ...fields, status: event });
			return [{ url, contentType, body, isLate: isLate(event === 'Answer') }];
		});
	const webUrlsOf = (name: 'answered' | 'hangup', call: EnswitchCall, row: object): Report[] =>
		reportings.flatMap((reporting) => {
			const url = reporting.by === 'webUrl' ? reporting[name] : undefined;
			if (url === undefined || call.tags.outside === undefined) return [];
			const { customer } = call.tags;
			const all = { ...row, customer, scustomer: customer, dcustomer: customer };
			const fields = Object.entries(all).filter(([field]) => webUrlFields.has(field));
			return [formReport(url, Object.fromEntries(fields), isLate(name === 'answered'))];
		});
	const isLate = (isAnswer: boolean) => isAnswer && disorder.answersLate === true;

	const answered = (call: EnswitchCall, party: Party, leg: Leg): Report[] => {
		const row = { ...rowOf(call, party, leg), answered: unixTime(leg.answeredAt) };
		return [...eventsOf('answered', leg.answeredAt ?? 0, row), ...webUrlsOf('answered', call, row)];
	};
	const ended = (call: EnswitchCall, party: Party, leg: Leg): Report[] => {
		const record = endOf(call, party, leg);
		return [...eventsOf('ended', call.endedAt ?? 0, record), ...webUrlsOf('hangup', call, record)];
	};
	/** As of its last leg. */
	const endedAltogether = (call: EnswitchCall, last: CallRecord): Report[] => {
		const answeredAt = unixTime(call.first.answeredAt);
		const fields = { ...last, answered: answeredAt, extension: last.dnumber };
		return [
			...webhooksOf('Hangup', fields),
			...(call.connectedAt === null ? [] : webhooksOf('Hangup Answered Only', fields)),
		];
	};

	return {
		deliveries,
		set: (wanted, wrong = {}) => {
			reportings = wanted;
			disorder = wrong;
		},
		route: (call, party, at, ring) => {
			if (reportings.length === 0) {
				ring();
				return;
			}
			const leg = { ...(call[party] ?? call.first), startedAt: at };
			const known = calls.get(call.id) ?? { legs: new Map(), isConnected: false, late: [] };
			calls.set(call.id, known);
			known.legs.set(party, { leg, isAnswered: false });
			const row = rowOf(call, party, leg);
			const isFirst = party === 'first';
			const start = [...eventsOf('start', at, row), ...(isFirst ? webhooksOf('Calling', row) : [])];
			const giveUp = clock.after(longestRoutingSeconds, ring);
			void send(call.id, [...start, ...eventsOf('routed', at, row)]).then(() => {
				giveUp();
				ring();
			});
		},
		changed: (call) => {
			const known = calls.get(call.id);
			if (known === undefined) return;
			const reports: Report[] = [];
			for (const [party, entry] of known.legs) {
				const leg = call[party];
				if (leg === null || leg.answeredAt === null || entry.isAnswered) continue;
				entry.isAnswered = true;
				reports.push(...answered(call, party, leg));
			}
			if (call.connectedAt !== null && !known.isConnected) {
				known.isConnected = true;
				const last = call.second === null ? 'first' : 'second';
				const row = rowOf(call, last, call[last] ?? call.first);
				const fields = { ...row, answered: unixTime(call.connectedAt), extension: row.dnumber };
				reports.push(...webhooksOf('Answer', fields));
			}
			if (call.phase !== 'ended') {
				if (reports.length > 0) void send(call.id, reports);
				return;
			}
			const legs = [...known.legs].map(([party, { leg }]): [Party, Leg] => {
				const own = call[party] ?? leg;
				// A call that ends before the phone rings has reported a start, too.
				return [party, own.startedAt === null ? { ...leg, disposition: 'canceled' } : own];
			});
			reports.push(...legs.flatMap(([party, leg]) => ended(call, party, leg)));
			const [party, leg] = legs.at(-1) ?? ['first', call.first];
			reports.push(...endedAltogether(call, endOf(call, party, leg)));
			void send(call.id, reports);
			calls.delete(call.id);
			void send(call.id, known.late);
		},
		announce: (fields) => {
			const reports = reportings.flatMap((reporting) =>
				reporting.by === 'events' ? [formReport(reporting.url, fields, false)] : [],
			);
			void send(crypto.randomUUID(), reports);
		},
		idle: async () => {
			while (lines.size > 0) await Promise.all(lines.values());
		},
		reset: () => {
			deliveries.length = 0;
			reportings = [];
			disorder = {};
			calls.clear();
		},
	};
}

function endOf(call: EnswitchCall, party: Party, leg: Leg): CallRecord {
	return recordOf(call, leg, rowOf(call, party, leg));
}

/** "The input fields" of a Web URL; it has neither an ID nor the name of an event. */
const webUrlFields: ReadonlySet<string> = new Set([
	'customer',
	'scustomer',
	'stype',
	'snumber',
	'ctype',
	'cnumber',
	'dcustomer',
	'dtype',
	'dnumber',
]);

function formReport(url: string, fields: object, isLate: boolean): Report {
	const texts = Object.entries(fields).map(([name, value]) => [name, String(value)]);
	const body = new URLSearchParams(Object.fromEntries(texts) as Record<string, string>).toString();
	return { url, contentType: 'application/x-www-form-urlencoded', body, isLate };
}

/** A placeholder that is not supported comes empty. */
function filled(template: string, fields: object): string {
	const values = fields as Readonly<Record<string, unknown>>;
	return template.replace(/#(\w+)#/g, (_, name: string) =>
		Object.hasOwn(values, name) ? String(values[name]) : '',
	);
}
