import type { CertificateKind } from './certificate.mts';
import { createClock } from './clock.mts';
import type { Clock } from './clock.mts';
import { applyFault, createFaultPlan } from './fault.mts';
import type { Fault, FaultOptions, FaultPlan } from './fault.mts';
import { createCalling } from './iovox/calling.mts';
import type { Call, Calling, IncomingCall, Ring, Tags } from './iovox/calling.mts';
import * as errors from './iovox/errors.mts';
import { errorReply } from './iovox/errors.mts';
import type { ErrorFormat, IovoxError } from './iovox/errors.mts';
import { getLinks } from './iovox/links.mts';
import { getCallData } from './iovox/records.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from './liveCalls.mts';
import { startServer } from './server.mts';
import type { Answer, HttpReply, HttpRequest, RecordedRequest, Redactable } from './server.mts';

export { links } from './iovox/links.mts';
export type {
	Call,
	ErrorFormat,
	Fault,
	FaultOptions,
	IncomingCall,
	LiveCall,
	PartyBehaviour,
	RecordedRequest,
	Ring,
	Tags,
};

/** Test values, valid only for a simulator. */
export const defaultSignIn = { username: 'rest-user', secureKey: 'test-secure-key' } as const;

export interface IovoxOptions {
	/** Default 0: any free port. Always on 127.0.0.1. */
	readonly port?: number;
	/** Default false: the credential of IOVOX has no field for a certificate of your own. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	/** Default true. Credentials are bound to addresses: false is a request from another one. */
	readonly addressAllowed?: boolean;
	/** Default `xml`. */
	readonly errorFormat?: ErrorFormat;
	/** Default: no limit. */
	readonly callsAllowed?: number;
	/** The body of a 201. Default: none; what IOVOX sends is not documented. */
	readonly acceptedBody?: string;
	/** Real milliseconds in one simulated minute; default 60000. */
	readonly minuteMs?: number;
	/** Instead of `minuteMs`. */
	readonly clock?: Clock;
	/** How long people talk unless a phone is set otherwise; default 5. */
	readonly talkSeconds?: number;
	/** From the end of a call until its record is there; default 5. */
	readonly recordAfterSeconds?: number;
	/** Calls have a record from their start on, which gets its end and its result at once; default false. Not documented. */
	readonly recordsLiveCalls?: boolean;
	/** From the end of a call until its record shows that there is a recording; default 0. */
	readonly recordingAfterSeconds?: number;
	/** The times of records minus UTC, in hours, also by moment; default 1. IOVOX does not document it. */
	readonly zoneHours?: number | ((moment: number) => number);
	/** getCallData gives the records of all calls, whatever is asked for; default false. */
	readonly ignoresFilters?: boolean;
	/** Gets one line for each phone that rings. */
	readonly log?: (line: string) => void;
}

export interface IovoxSimulator {
	readonly url: string;
	readonly port: number;
	/** PEM to trust; empty without TLS. */
	readonly caCertificate: string;
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	/** The calls as they live, and the last that have ended. IOVOX itself never shows a live one. */
	readonly live: LiveCalls<Tags>;
	/** Somebody outside calls a VoxNumber, that of link123 unless said otherwise. */
	take(incoming?: Partial<IncomingCall>): LiveCall<Tags>;
	/** By the number, without the keys that are dialed after it. */
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** Every request that arrived. Holds no secret. */
	readonly requests: readonly RecordedRequest[];
	fault(fault: Fault | null, options?: FaultOptions): void;
	/** Forgets rings, requests, calls and faults; ends what is delayed or hangs. */
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

/** A strict IOVOX: the methods initiateCall of /Calling, getCallData of /Calls and getLinks of /Links, version 3. */
export async function startIovox(options: IovoxOptions = {}): Promise<IovoxSimulator> {
	const faults = createFaultPlan();
	const clock = options.clock ?? createClock((options.minuteMs ?? 60_000) / 60);
	const calling = createCalling({
		callsAllowed: options.callsAllowed ?? Infinity,
		clock,
		recordAfterSeconds: options.recordAfterSeconds ?? 5,
		recordsLiveCalls: options.recordsLiveCalls ?? false,
		...(options.talkSeconds !== undefined && { talkSeconds: options.talkSeconds }),
		log: options.log ?? (() => undefined),
	});
	const server = await startServer({
		port: options.port,
		tls: options.tls ?? false,
		certificate: options.certificate,
		redact: redactSecureKey,
		handle: async (request) => {
			const fault =
				faults.take('any', request.body) ??
				(isSignedIn(request, options) ? takeFault(request, faults) : null);
			const proceed = () => Promise.resolve(answer(request, calling, { ...options, clock }));
			return fault === null ? whole(await proceed()) : await applyFault(fault, proceed);
		},
	});
	return {
		url: server.url,
		port: server.port,
		caCertificate: server.caCertificate,
		rings: calling.rings,
		calls: calling.calls,
		live: calling.live,
		take: (incoming) => calling.take({ ...usualCaller, ...incoming }),
		setParty: calling.live.setParty,
		requests: server.requests,
		fault: faults.set,
		reset: () => {
			faults.set(null);
			calling.reset();
			server.forget();
		},
		refuse: server.refuse,
		cutHandshakes: server.cutHandshakes,
		flooded: server.flooded,
		listenAgain: server.listenAgain,
		close: async () => {
			await server.close();
			calling.reset();
		},
	};
}

const usualCaller: IncomingCall = {
	from: '441632960123',
	voxNumber: '441632960777',
	linkId: 'link123',
	destination: '441632960001',
};

const operations: Readonly<Record<string, { readonly wanted: string }>> = {
	'/Calling initiateCall': { wanted: 'POST' },
	'/Calls getCallData': { wanted: 'GET' },
	'/Links getLinks': { wanted: 'GET' },
};

function answer(
	request: HttpRequest,
	calling: Calling,
	options: IovoxOptions & { readonly clock: Clock },
): HttpReply {
	const refuse = (...wrong: readonly IovoxError[]) =>
		errorReply(wrong, options.errorFormat ?? 'xml');
	if (!isSignedIn(request, options)) return refuse(errors.unauthorized);
	const { pathname, query } = targetOf(request);
	const operation = `${pathname} ${query.method ?? ''}`;
	const known = operations[operation];
	if (known === undefined) return refuse(errors.notFound);
	if ((query.v ?? '') === '') return refuse(errors.versionEmpty);
	if (query.v !== '3') return refuse(errors.versionInvalid);
	const { wanted } = known;
	if (request.method !== wanted) return refuse(errors.wrongMethod(wanted, request.method));
	if (wanted === 'GET') {
		const page =
			operation === '/Links getLinks' ? getLinks(query) : getCallData(query, calling, options);
		if (!('body' in page)) return refuse(...page);
		return { status: 200, headers: { 'content-type': page.contentType }, body: page.body };
	}
	// Public clients send application/xml; anything else is taken for a form, with no XML in it.
	const isXml = /^application\/xml\b/i.test(request.headers['content-type'] ?? '');
	if (!isXml) return refuse(errors.xmlEmpty);
	const call = calling.initiate(request.body);
	if (!('linkId' in call)) return refuse(...call);
	const { acceptedBody: body = '' } = options;
	return { status: 201, headers: { 'content-type': 'application/xml' }, body };
}

function isSignedIn({ headers }: HttpRequest, { addressAllowed = true }: IovoxOptions): boolean {
	return (
		addressAllowed &&
		headers.username === defaultSignIn.username &&
		headers.securekey === defaultSignIn.secureKey
	);
}

function takeFault(request: HttpRequest, faults: FaultPlan): Fault | null {
	const { pathname, query } = targetOf(request);
	if (pathname === '/Calling' && query.method === 'initiateCall') {
		return faults.take('calls', request.body);
	}
	return pathname === '/Calls' ? faults.take('follow', request.body) : null;
}

function targetOf({ path }: HttpRequest) {
	const { pathname, searchParams } = new URL(path, 'http://iovox.test');
	const query: Readonly<Partial<Record<string, string>>> = Object.fromEntries(searchParams);
	return { pathname, query };
}

/** Node gives header names in lower case; a key in the query would be recorded as it came, and be seen. */
function redactSecureKey(request: Redactable): Redactable {
	if (request.headers.securekey === undefined) return request;
	return { ...request, headers: { ...request.headers, securekey: '(removed)' } };
}

function whole(reply: HttpReply): Answer {
	return { delivery: 'whole', reply };
}
