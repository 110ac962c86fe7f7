import type { CertificateKind } from './certificate.mts';
import { createClock } from './clock.mts';
import type { Clock } from './clock.mts';
import type { DigestAlgorithm } from './digest.mts';
import { createFaultPlan, applyFault } from './fault.mts';
import type { Fault, FaultOptions } from './fault.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from './liveCalls.mts';
import { startServer } from './server.mts';
import type { Answer, HttpReply, HttpRequest, RecordedRequest } from './server.mts';
import { defaultAccounts } from './switchvox/accounts.mts';
import type { Account, AccountKind } from './switchvox/accounts.mts';
import {
	createAuthentication,
	errorPage,
	redactAuthorization,
} from './switchvox/authentication.mts';
import type { Authentication, Scheme } from './switchvox/authentication.mts';
import { createEventTriggers } from './switchvox/eventTriggers.mts';
import type { Delivery, EventTriggers, Sending, TriggerLabel } from './switchvox/eventTriggers.mts';
import { answerRequest, concernOf, readRequest } from './switchvox/methods.mts';
import type { Context } from './switchvox/methods.mts';
import { createSwitchboard } from './switchvox/switchboard.mts';
import type { Call, DialRequest, Ring, Switchboard, Tags } from './switchvox/switchboard.mts';

export { defaultAccounts };
export type {
	Account,
	AccountKind,
	Call,
	Delivery,
	DialRequest,
	EventTriggers,
	Fault,
	FaultOptions,
	LiveCall,
	PartyBehaviour,
	RecordedRequest,
	Ring,
	Sending,
	Tags,
	TriggerLabel,
};

export interface SwitchvoxOptions {
	/** Default 0: any free port. Always on 127.0.0.1. */
	readonly port?: number;
	/** Default true. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	/** Default `basic`: Switchvox 6.6 and later. `digest`: up to 6.5. */
	readonly authentication?: Scheme;
	readonly digest?: {
		/** Default MD5. */
		readonly algorithm?: DigestAlgorithm;
		/** Default true: qop="auth". false: as in RFC 2069. */
		readonly qop?: boolean;
		/** After so many requests a nonce is stale; default: never. */
		readonly nonceLifetimeRequests?: number;
		/** Takes answers that the RFCs forbid and many servers let pass; default false. */
		readonly lenient?: boolean;
	};
	readonly accounts?: readonly Account[];
	/** Kinds of account that the access control list keeps out: 403. */
	readonly blocked?: readonly AccountKind[];
	/** switchvox.users.call without account_id uses the caller's own. Default false: error 66939. */
	readonly accountIdOptional?: boolean;
	/** Real milliseconds in one simulated second of ringing; default 1000. With 0 nothing is waited for. */
	readonly secondMs?: number;
	/** Instead of `secondMs`. */
	readonly clock?: Clock;
	/** How long people talk unless a phone is set otherwise; default 60. */
	readonly talkSeconds?: number;
	/** From the end of a call until it is logged; default 2. */
	readonly recordAfterSeconds?: number;
	/** Its own time minus UTC, in hours; default -5. */
	readonly zoneHours?: number;
	/** While the first phone rings, the current calls show it as the called one; default false. Not documented either way. */
	readonly showsFirstAsCalled?: boolean;
	/** Gets one line for each phone that rings. */
	readonly log?: (line: string) => void;
}

export interface SwitchvoxSimulator {
	readonly url: string;
	readonly port: number;
	/** PEM to trust; empty without TLS. */
	readonly caCertificate: string;
	readonly rings: readonly Ring[];
	/** Every request that arrived, also those that were only challenged. Holds no secret. */
	readonly requests: readonly RecordedRequest[];
	readonly calls: readonly Call[];
	/** The calls as they live, and the last that have ended. */
	readonly live: LiveCalls<Tags>;
	/** Somebody calls by hand, from outside or from an extension. */
	dial(request: DialRequest): LiveCall<Tags>;
	readonly eventTriggers: EventTriggers;
	/** By the number as really dialed, or as requested. */
	setParty(number: string, behaviour: PartyBehaviour): void;
	fault(fault: Fault | null, options?: FaultOptions): void;
	/** Forgets rings, requests, calls, event triggers, faults and party behaviour; ends what still rings or hangs. */
	reset(): void;
	/** Makes every nonce given out so far stale. */
	expireNonces(): void;
	/** The PBX was upgraded, or restored from a backup. */
	changeAuthentication(to: Scheme): void;
	/** Ends every connection and stops listening: clients get "connection refused". */
	refuse(): Promise<void>;
	/** Ends every new connection in the TLS handshake. */
	cutHandshakes(): void;
	/** How many bytes of endless bodies clients have read. */
	flooded(): number;
	/** Accepts no new connection; calls in flight get their answer. */
	refuseNew(): void;
	/** On the same port. */
	listenAgain(): Promise<void>;
	/** Ends every socket, also hanging ones. */
	close(): Promise<void>;
}

/** A strict Switchvox PBX, as the vendor documents it, at /xml. */
export async function startSwitchvox(options: SwitchvoxOptions = {}): Promise<SwitchvoxSimulator> {
	const { secondMs = 1000, recordAfterSeconds = secondMs === 0 ? 0 : 2 } = options;
	const clock = options.clock ?? createClock(secondMs);
	const switchboard = createSwitchboard({
		clock,
		recordAfterSeconds,
		...(options.talkSeconds !== undefined && { talkSeconds: options.talkSeconds }),
		log: options.log ?? (() => undefined),
	});
	const eventTriggers = createEventTriggers(switchboard.live);
	const faults = createFaultPlan();
	const authentication = createAuthentication({
		scheme: options.authentication ?? 'basic',
		digest: options.digest ?? {},
		accounts: options.accounts ?? Object.values(defaultAccounts),
		blocked: options.blocked ?? [],
	});
	const pbx = {
		authentication,
		switchboard,
		faults,
		accountIdOptional: options.accountIdOptional ?? false,
		clock,
		zoneHours: options.zoneHours ?? -5,
		showsFirstAsCalled: options.showsFirstAsCalled ?? false,
	};
	const server = await startServer({
		port: options.port,
		tls: options.tls,
		certificate: options.certificate,
		redact: redactAuthorization,
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
		dial: switchboard.dial,
		eventTriggers,
		setParty: switchboard.live.setParty,
		fault: faults.set,
		reset: () => {
			faults.set(null);
			switchboard.reset();
			eventTriggers.reset();
			server.forget();
		},
		expireNonces: authentication.expireNonces,
		changeAuthentication: authentication.change,
		refuse: server.refuse,
		cutHandshakes: server.cutHandshakes,
		flooded: server.flooded,
		refuseNew: server.refuseNew,
		listenAgain: server.listenAgain,
		close: async () => {
			await server.close();
			eventTriggers.close();
			switchboard.reset();
		},
	};
}

interface Pbx {
	readonly authentication: Authentication;
	readonly switchboard: Switchboard;
	readonly faults: ReturnType<typeof createFaultPlan>;
	readonly accountIdOptional: boolean;
	readonly clock: Clock;
	readonly zoneHours: number;
	readonly showsFirstAsCalled: boolean;
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
	const refusal = checkHttp(request, pbx.authentication);
	if (refusal) return { delivery: 'whole', reply: refusal };
	const login = pbx.authentication.check(request);
	if ('refusal' in login) return { delivery: 'whole', reply: login.refusal };

	const read = readRequest(request.method === 'GET' ? Buffer.alloc(0) : request.body);
	const now = pbx.clock.date();
	const context: Context = { ...pbx, now, account: login.account, software: softwareOf(pbx) };
	const proceed = async () => xmlReply(await answerRequest(read, context), now);
	const concern = concernOf(read);
	const fault = concern === undefined ? null : pbx.faults.take(concern, request.body);
	return fault === null
		? { delivery: 'whole', reply: await proceed() }
		: applyFault(fault, proceed);
}

/** `encoding` is what a public client sends in place of `charset`. */
const contentType =
	/^application\/xml[ \t]*(?:;[ \t]*(?:charset|encoding)=(["']?)utf-?8\1[ \t]*)?$/i;

function checkHttp(request: HttpRequest, authentication: Authentication): HttpReply | null {
	if (request.path !== '/xml') return errorPage(404);
	if (request.method === 'GET') return null;
	if (request.method !== 'POST') return errorPage(405, { allow: 'GET, POST' });
	// Recent versions answer text/xml, which old clients send, with an authentication error.
	const acceptable = contentType.test(request.headers['content-type'] ?? '');
	return acceptable ? null : authentication.refuse();
}

/** Versions on either side of 6.6, where the authentication changed. */
function softwareOf({ authentication }: Pbx): Context['software'] {
	return authentication.scheme === 'digest'
		? { version: '84996', version_display: '6.3.6' }
		: { version: '102870', version_display: '8.2.2' };
}

function xmlReply(body: string, now: number): HttpReply {
	const headers = { 'content-type': 'application/xml', date: new Date(now).toUTCString() };
	return { status: 200, headers, body };
}
