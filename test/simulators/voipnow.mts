import type { CertificateKind } from './certificate.mts';
import { createClock } from './clock.mts';
import type { Clock } from './clock.mts';
import { createFaultPlan, applyFault } from './fault.mts';
import type { Fault, FaultOptions, FaultPlan, FaultWhere } from './fault.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from './liveCalls.mts';
import { startServer } from './server.mts';
import type { Answer, HttpReply, HttpRequest, RecordedRequest, Redactable } from './server.mts';
import { createApps, defaultApps } from './voipnow/apps.mts';
import type { App, Apps } from './voipnow/apps.mts';
import { errorReply, jsonReply, notImplemented } from './voipnow/errors.mts';
import { hangUp, listCalls } from './voipnow/liveCalls.mts';
import type { EndedReply, LiveContext, Target } from './voipnow/liveCalls.mts';
import { checkCall } from './voipnow/phoneCalls.mts';
import { createEventStore, eventsPath } from './voipnow/phoneCallEvents.mts';
import type {
	EventReply,
	EventRules,
	EventStore,
	PhoneCallEvent,
} from './voipnow/phoneCallEvents.mts';
import { answerPresence } from './voipnow/presence.mts';
import { createPushes } from './voipnow/pushes.mts';
import type { Pushing, SentEvent } from './voipnow/pushes.mts';
import { listRecords } from './voipnow/records.mts';
import { createSwitchboard } from './voipnow/switchboard.mts';
import type { Call, IncomingCall, Ring, Switchboard, Tags } from './voipnow/switchboard.mts';

export { defaultApps };
export type {
	App,
	Call,
	EndedReply,
	EventReply,
	Fault,
	FaultOptions,
	LiveCall,
	PartyBehaviour,
	PhoneCallEvent,
	Pushing,
	RecordedRequest,
	Ring,
	SentEvent,
	Tags,
};

/**
 * How a placed call is answered: `accepted` 202 and `ok` 200 with the array as JSON, `documented` 202 with the array as
 * the document prints it, without commas between members, `empty` 202 without a body, `noContent` 204.
 */
export type ReplyKind = 'accepted' | 'ok' | 'documented' | 'empty' | 'noContent';

export interface VoipNowOptions extends Partial<EventRules> {
	/** Default 0: any free port. Always on 127.0.0.1. */
	readonly port?: number;
	/** Default true. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	readonly apps?: readonly App[];
	/** Default 401, as documented; a public client expects 403. */
	readonly expiredStatus?: 401 | 403;
	/** Default 7200. */
	readonly tokenLifetimeSeconds?: number;
	/** Default `accepted`. */
	readonly reply?: ReplyKind;
	/** How long the reply of a placed call waits after the phones rang; default 0. */
	readonly replyDelayMs?: number;
	/** Real milliseconds in one simulated second; default 1000. */
	readonly secondMs?: number;
	/** Instead of `secondMs`. */
	readonly clock?: Clock;
	/** How long people talk unless a phone is set otherwise; default 5. */
	readonly talkSeconds?: number;
	/** From the end of a call until its record is there; default 2. */
	readonly recordAfterSeconds?: number;
	/** How a GET of a call is answered that is over; default `empty`. */
	readonly endedReply?: EndedReply;
	/** Numbers in calls and records come as text; default false. */
	readonly textNumbers?: boolean;
	/** Gets one line for each phone that rings. */
	readonly log?: (line: string) => void;
}

export interface VoipNowSimulator {
	readonly url: string;
	readonly port: number;
	/** PEM to trust; empty without TLS. */
	readonly caCertificate: string;
	readonly rings: readonly Ring[];
	/** Every request that arrived, including those for tokens; without secrets. */
	readonly requests: readonly RecordedRequest[];
	readonly calls: readonly Call[];
	/** The calls as they live, and the last that have ended. */
	readonly live: LiveCalls<Tags>;
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** The call events that are registered. */
	readonly events: Pick<EventStore, 'all' | 'enter' | 'change'>;
	/** The events that were sent. */
	readonly sent: readonly SentEvent[];
	/** How they are sent from now on. */
	pushAs(pushing: Pushing): void;
	/** Resolves when no event is on its way. */
	pushed(): Promise<void>;
	/** A call from outside, which rings these extensions at once; gives its ID. */
	ring(request: IncomingCall): string;
	fault(fault: Fault | null, options?: FaultOptions): void;
	/** Every token issued so far expires. */
	expireTokens(): void;
	/** Every token issued from now on is refused at once. */
	refuseTokens(): void;
	revokeRefreshTokens(): void;
	/** How many tokens were issued. */
	tokensIssued(): number;
	/** Forgets rings, requests, calls, faults and party behaviour; ends what still hangs. */
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

/** A strict VoipNow, as the vendor documents its UnifiedAPI and its OAuth2 service. */
export async function startVoipNow(options: VoipNowOptions = {}): Promise<VoipNowSimulator> {
	const clock = options.clock ?? createClock(options.secondMs ?? 1000);
	const switchboard = createSwitchboard({
		clock,
		talkSeconds: options.talkSeconds,
		log: options.log ?? (() => undefined),
	});
	const { eventReply = 'array', emptyList = 'collection', reportsAnswers = true } = options;
	const events = createEventStore({ eventReply, emptyList, reportsAnswers }, clock.date);
	const pushes = createPushes(() => events.all);
	switchboard.live.onChange((call) => {
		if (call !== null) pushes.see(call);
	});
	const faults = createFaultPlan();
	const apps = createApps({
		apps: options.apps ?? Object.values(defaultApps),
		expiredStatus: options.expiredStatus ?? 401,
		lifetimeSeconds: options.tokenLifetimeSeconds ?? 7200,
	});
	const system: System = {
		apps,
		switchboard,
		events,
		faults,
		reply: options.reply ?? 'accepted',
		replyDelayMs: options.replyDelayMs ?? 0,
		clock,
		recordAfterSeconds: options.recordAfterSeconds ?? 2,
		endedReply: options.endedReply ?? 'empty',
		textNumbers: options.textNumbers ?? false,
	};
	const forget = () => {
		switchboard.reset();
		events.clear();
		pushes.reset();
		clock.clear();
	};
	const server = await startServer({
		port: options.port,
		tls: options.tls,
		certificate: options.certificate,
		redact,
		handle: (request) => handle(request, system),
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
		events,
		sent: pushes.sent,
		pushAs: pushes.set,
		pushed: pushes.done,
		ring: switchboard.ring,
		fault: faults.set,
		expireTokens: apps.expireTokens,
		refuseTokens: apps.refuseTokens,
		revokeRefreshTokens: apps.revokeRefreshTokens,
		tokensIssued: () => apps.issued,
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
			await pushes.close();
		},
	};
}

interface System {
	readonly apps: Apps;
	readonly switchboard: Switchboard;
	readonly events: EventStore;
	readonly faults: FaultPlan;
	readonly reply: ReplyKind;
	readonly replyDelayMs: number;
	readonly clock: Clock;
	readonly recordAfterSeconds: number;
	readonly endedReply: EndedReply;
	readonly textNumbers: boolean;
}

const removed = '[removed]';

/** Removes the API token, and the secrets, codes and refresh tokens sent to the OAuth2 service. */
function redact({ path, headers, body }: Redactable): Redactable {
	const secrets = /\b(client_secret|code|refresh_token|accessRequestToken)=[^&]*/g;
	const { authorization } = headers;
	const scheme = authorization?.split(' ', 1)[0] ?? '';
	return {
		path: path.replace(secrets, `$1=${removed}`),
		headers: {
			...headers,
			...(authorization !== undefined && { authorization: `${scheme} ${removed}` }),
		},
		body: body.startsWith('{') ? body : body.replace(secrets, `$1=${removed}`),
	};
}

async function handle(request: HttpRequest, system: System): Promise<Answer> {
	const fault = system.faults.take('any', request.body);
	if (fault === null) return answer(request, system);
	return applyFault(fault, async () => {
		const undisturbed = await answer(request, system);
		return 'reply' in undisturbed ? undisturbed.reply : jsonReply(500, {});
	});
}

async function answer(request: HttpRequest, system: System): Promise<Answer> {
	const [path = ''] = request.path.split('?', 1);
	if (path === '/oauth/token.php') return whole(system.apps.token(request));
	if (path === '/oauth/authorize.php') return whole(system.apps.authorize(request));
	if (!path.startsWith('/uapi/')) {
		return whole({ status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' });
	}
	const login = system.apps.check(request);
	if ('refusal' in login) return whole(errorReply(login.refusal));

	const [, callUser] = /^\/uapi\/phoneCalls\/([^/]+)\/simple$/.exec(path) ?? [];
	if (callUser !== undefined && request.method === 'POST') {
		return placeCall(request, callUser, login.app, system);
	}
	const [, user, extension] = /^\/uapi\/extensions\/([^/]+)\/([^/]+)\/presence$/.exec(path) ?? [];
	if (user !== undefined && extension !== undefined && request.method === 'GET') {
		return whole(answerPresence(request, user, extension, login.app));
	}
	const [, eventsUser, eventsExtension, type, id] = eventsPath.exec(path) ?? [];
	if (eventsUser !== undefined && eventsExtension !== undefined) {
		const target = { userId: eventsUser, extension: eventsExtension, type, id };
		return faultyOr('events', request, system, () =>
			system.events.answer(request, target, login.app),
		);
	}
	const follow = following(request, path, login.app, system);
	if (follow === undefined) return whole(errorReply(notImplemented));
	return faultyOr('follow', request, system, follow);
}

/** The fault that is planned, or what VoipNow answers. */
async function faultyOr(
	where: FaultWhere,
	request: HttpRequest,
	{ faults }: System,
	respond: () => HttpReply | undefined,
): Promise<Answer> {
	const proceed = () => respond() ?? errorReply(notImplemented);
	const fault = faults.take(where, request.body);
	return fault === null ? whole(proceed()) : applyFault(fault, () => Promise.resolve(proceed()));
}

/** An empty ID is none. */
const callsPath = /^\/uapi\/phoneCalls\/([^/]+)\/([0-9*]+|@self)(?:\/([^/]*))?$/;

/** What looks for calls, or hangs them up. */
function following(
	request: HttpRequest,
	path: string,
	app: App,
	system: System,
): (() => HttpReply) | undefined {
	const { switchboard, endedReply, textNumbers, recordAfterSeconds, clock } = system;
	const origin = `https://${request.headers.host ?? ''}`;
	const context: LiveContext = { app, live: switchboard.live, origin, endedReply, textNumbers };

	const [, userId, extension, callId = ''] = callsPath.exec(path) ?? [];
	if (userId !== undefined && extension !== undefined) {
		const target: Target = { userId, extension, ...(callId !== '' && { callId }) };
		if (request.method === 'GET') return () => listCalls(request, target, context);
		if (request.method === 'DELETE') return () => hangUp(request, target, context);
	}
	const [, recordUser] = /^\/uapi\/cdr\/([^/]+)\/?$/.exec(path) ?? [];
	if (recordUser === undefined || request.method !== 'GET') return undefined;
	const now = clock.date();
	return () => listRecords(request, recordUser, { ...context, recordAfterSeconds, now });
}

async function placeCall(
	request: HttpRequest,
	userId: string,
	app: App,
	{ switchboard, faults, reply, replyDelayMs }: System,
): Promise<Answer> {
	const checked = checkCall(request, userId, app);
	const proceed = async (): Promise<HttpReply> => {
		if ('error' in checked) return errorReply(checked.error);
		const call = switchboard.place(checked.call, checked.charged);
		if (replyDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, replyDelayMs));
		return replyOf(call, reply, `https://${request.headers.host ?? ''}`, userId);
	};
	const fault = faults.take('calls', request.body);
	return fault === null ? whole(await proceed()) : applyFault(fault, proceed);
}

function replyOf(
	{ id, extension }: Call,
	kind: ReplyKind,
	origin: string,
	userId: string,
): HttpReply {
	const self = `${origin}/uapi/phoneCalls/${userId}/${extension}/${id}`;
	switch (kind) {
		case 'accepted':
			return jsonReply(202, [{ id, extension, link: { self } }]);
		case 'ok':
			return jsonReply(200, [{ id, extension, link: { self } }]);
		case 'documented':
			return {
				status: 202,
				headers: { 'content-type': 'application/json' },
				body: `[\n {\n   "id":"${id}"\n   "extension":"${extension}"\n   "link": \n      {\n\t   "self": "${self}"\n      } \n }\n]`,
			};
		case 'empty':
			return { status: 202, headers: { 'content-type': 'application/json' }, body: '' };
		case 'noContent':
			return { status: 204, body: '' };
	}
}

function whole(reply: HttpReply): Answer {
	return { delivery: 'whole', reply };
}
