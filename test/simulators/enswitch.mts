import type { CertificateKind } from './certificate.mts';
import { createClock } from './clock.mts';
import type { Clock } from './clock.mts';
import { defaultAccounts } from './enswitch/accounts.mts';
import type { Account } from './enswitch/accounts.mts';
import { findFunction, runFunction } from './enswitch/functions.mts';
import type { Context, Version } from './enswitch/functions.mts';
import { readParameters } from './enswitch/parameters.mts';
import { createReporter } from './enswitch/reports.mts';
import type { Delivery, Disorder, Reporting } from './enswitch/reports.mts';
import { badSignIn, render } from './enswitch/responses.mts';
import type { Envelope } from './enswitch/responses.mts';
import { createSwitchboard } from './enswitch/switchboard.mts';
import type { Call, IncomingCall, Ring, Tags } from './enswitch/switchboard.mts';
import { createFaultPlan, applyFault } from './fault.mts';
import type { Fault, FaultOptions } from './fault.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from './liveCalls.mts';
import { startServer } from './server.mts';
import type { Answer, HttpReply, HttpRequest, RecordedRequest, Redactable } from './server.mts';

export { defaultAccounts };
export type {
	Account,
	Call,
	Delivery,
	Disorder,
	Envelope,
	Fault,
	FaultOptions,
	IncomingCall,
	LiveCall,
	PartyBehaviour,
	RecordedRequest,
	Reporting,
	Ring,
	Tags,
};

export interface EnswitchOptions {
	/** Default 0: any free port. Always on 127.0.0.1. */
	readonly port?: number;
	/** Default true. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	/** The path before `/api/json`, e.g. /local; default: none. */
	readonly prefix?: string;
	readonly accounts?: readonly Account[];
	readonly envelope?: Envelope;
	/** phones/list gives SIP passwords without being asked; default false. */
	readonly listsPasswords?: boolean;
	/** Real milliseconds in one simulated second; default 1000. */
	readonly secondMs?: number;
	/** Instead of `secondMs`. */
	readonly clock?: Clock;
	/** How long people talk unless a phone is set otherwise; default 5. */
	readonly talkSeconds?: number;
	/** From the end of a call until its record is there; default 2. */
	readonly recordAfterSeconds?: number;
	/** Default 4.4. */
	readonly version?: Version;
	/** What the lists of calls do with parameters that they do not know; default `refuse`. */
	readonly unknownParameters?: 'refuse' | 'ignore';
	/** Numbers in the rows of calls come as text; default false. */
	readonly textNumbers?: boolean;
	/** Gets one line for each phone that rings. */
	readonly log?: (line: string) => void;
}

export interface EnswitchSimulator {
	/** Without the prefix. */
	readonly url: string;
	readonly port: number;
	/** PEM to trust; empty without TLS. */
	readonly caCertificate: string;
	readonly rings: readonly Ring[];
	/** Every request that arrived. Holds no secret, but keeps the names of the parameters that carried one. */
	readonly requests: readonly RecordedRequest[];
	readonly calls: readonly Call[];
	/** The calls as they live, and the last that have ended. */
	readonly live: LiveCalls<Tags>;
	setParty(number: string, behaviour: PartyBehaviour): void;
	fault(fault: Fault | null, options?: FaultOptions): void;
	/** Who gets reports of calls from now on, and what goes wrong with them. */
	report(reportings: readonly Reporting[], disorder?: Disorder): void;
	/** Sends an event with these fields to whoever has "Send events to URL". */
	announce(fields: Readonly<Record<string, string>>): void;
	/** The reports that were sent, in the order of the answers. */
	readonly deliveries: readonly Delivery[];
	/** Somebody calls from outside; returns the callid. */
	callIn(incoming: IncomingCall): string;
	/** Resolves when all reports are sent. */
	reported(): Promise<void>;
	/** Resolves when every call that was taken has rung what it rings. */
	idle(): Promise<void>;
	/** Forgets rings, requests, reports, calls, faults and party behaviour; ends what still waits. */
	reset(): void;
	/** Ends every connection and stops listening: clients get "connection refused". */
	refuse(): Promise<void>;
	/** Ends every new connection in the TLS handshake. */
	cutHandshakes(): void;
	/** How many bytes of endless bodies clients have read. */
	flooded(): number;
	/** On the same port. */
	listenAgain(): Promise<void>;
	/** Ends every socket, also hanging ones. */
	close(): Promise<void>;
}

/** A strict Enswitch JSON API, as the vendor documents it, at `/api/json/`. */
export async function startEnswitch(options: EnswitchOptions = {}): Promise<EnswitchSimulator> {
	const clock = options.clock ?? createClock(options.secondMs ?? 1000);
	const reporter = createReporter(clock);
	const switchboard = createSwitchboard({
		clock,
		reporter,
		talkSeconds: options.talkSeconds,
		log: options.log ?? (() => undefined),
	});
	const faults = createFaultPlan();
	const pbx: Pbx = {
		switchboard,
		faults,
		accounts: options.accounts ?? Object.values(defaultAccounts),
		base: `${options.prefix ?? ''}/api/json/`,
		envelope: options.envelope ?? {},
		listsPasswords: options.listsPasswords ?? false,
		version: options.version ?? '4.4',
		ignoresUnknown: options.unknownParameters === 'ignore',
		textNumbers: options.textNumbers ?? false,
		recordAfterSeconds: options.recordAfterSeconds ?? 2,
		clock,
	};
	const forget = () => {
		switchboard.reset();
		reporter.reset();
		clock.clear();
	};
	const server = await startServer({
		port: options.port,
		tls: options.tls,
		certificate: options.certificate,
		redact,
		handle: (request) => handle(request, pbx),
	});
	return {
		url: server.url,
		port: server.port,
		caCertificate: server.caCertificate,
		rings: switchboard.rings,
		requests: server.requests,
		calls: switchboard.calls,
		live: switchboard.live,
		setParty: switchboard.setParty,
		fault: faults.set,
		report: reporter.set,
		announce: reporter.announce,
		deliveries: reporter.deliveries,
		callIn: switchboard.callIn,
		reported: reporter.idle,
		idle: switchboard.idle,
		reset: () => {
			faults.set(null);
			forget();
			server.forget();
		},
		refuse: server.refuse,
		cutHandshakes: server.cutHandshakes,
		flooded: server.flooded,
		listenAgain: server.listenAgain,
		close: async () => {
			await server.close();
			forget();
		},
	};
}

interface Pbx extends Omit<Context, 'account' | 'now'> {
	readonly clock: Clock;
	readonly faults: ReturnType<typeof createFaultPlan>;
	readonly accounts: readonly Account[];
	readonly base: string;
	readonly envelope: Envelope;
}

async function handle(request: HttpRequest, pbx: Pbx): Promise<Answer> {
	const fault = pbx.faults.take('any', request.body);
	if (fault === null) return answer(request, pbx);
	return applyFault(fault, async () => {
		const undisturbed = await answer(request, pbx);
		return 'reply' in undisturbed ? undisturbed.reply : errorPage(500);
	});
}

async function answer(request: HttpRequest, pbx: Pbx): Promise<Answer> {
	const whole = (reply: HttpReply): Answer => ({ delivery: 'whole', reply });
	const [path = ''] = request.path.split('?');
	const called = path.startsWith(pbx.base)
		? findFunction(path.slice(pbx.base.length).replace(/\/$/, ''))
		: undefined;
	if (called === undefined) return whole(errorPage(404));
	if (!['GET', 'POST'].includes(request.method)) return whole(errorPage(405));

	const parameters = readParameters(request);
	const account = pbx.accounts.find(
		({ username, password }) =>
			parameters.values.get('auth_username') === username &&
			parameters.values.get('auth_password') === password,
	);
	if (account === undefined) return whole(render(badSignIn, pbx.envelope));
	const now = pbx.clock.date();
	const proceed = async () =>
		render(await runFunction(called, parameters, { ...pbx, account, now }), pbx.envelope);
	const { concerns } = called;
	const fault = concerns === undefined ? null : pbx.faults.take(concerns, request.body);
	return fault === null ? whole(await proceed()) : applyFault(fault, proceed);
}

function errorPage(status: number): HttpReply {
	return {
		status,
		headers: { 'content-type': 'text/html' },
		body: `<html><body><h1>${String(status)}</h1></body></html>\n`,
	};
}

const secret = /\b(auth_(?:username|password|token)=)[^&;]*/g;

/** Keeps the names: where a secret was is worth testing. */
function redact({ path, headers, body }: Redactable): Redactable {
	const hidden = (text: string) => text.replace(secret, '$1');
	return { path: hidden(path), headers, body: hidden(body) };
}
