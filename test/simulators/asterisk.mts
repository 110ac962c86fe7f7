import type { CertificateKind } from './certificate.mts';
import type { Tags } from './asterisk/channels.mts';
import type { Manner } from './asterisk/office.mts';
import { defaultUsers, mayWrite, userOf } from './asterisk/users.mts';
import type { User } from './asterisk/users.mts';
import { createListeners } from './asterisk/listeners.mts';
import type { Listeners, OwnListeners } from './asterisk/listeners.mts';
import { answerOf } from './asterisk/resources.mts';
import type { Asked } from './asterisk/resources.mts';
import { json, refused, webPage } from './asterisk/responses.mts';
import { createSwitchboard } from './asterisk/switchboard.mts';
import type { Call, Ring, Switchboard } from './asterisk/switchboard.mts';
import { createFaultPlan, applyFault } from './fault.mts';
import type { Fault, FaultOptions, FaultWhere } from './fault.mts';
import type { LiveCalls } from './liveCalls.mts';
import { startServer } from './server.mts';
import type { Answer, HttpReply, HttpRequest, RecordedRequest, Redactable } from './server.mts';
import type { WebSocketPeer } from './webSocket.mts';

export { defaultUsers };
export type { Call, Fault, FaultOptions, Manner, RecordedRequest, Ring, User };

export interface AsteriskOptions {
	/** Default 0: any free port. Always on 127.0.0.1. */
	readonly port?: number;
	/** Default true. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	/** `prefix` in http.conf, e.g. /asterisk; default: none. */
	readonly prefix?: string;
	readonly users?: readonly User[];
	/** Default true. false: as without the module, there is a web server and no ARI. */
	readonly ari?: boolean;
	/** Real milliseconds in one simulated second; default 1000. */
	readonly secondMs?: number;
	/** How long people talk unless a phone is set otherwise; default: until somebody hangs up. */
	readonly talkSeconds?: number;
	/** Gets one line for each phone that rings. */
	readonly log?: (line: string) => void;
}

export interface AsteriskSimulator {
	/** Without the prefix. */
	readonly url: string;
	readonly port: number;
	/** PEM to trust; empty without TLS. */
	readonly caCertificate: string;
	readonly rings: readonly Ring[];
	/** Every request that arrived; none holds who signed in. */
	readonly requests: readonly RecordedRequest[];
	/** The calls that were taken. */
	readonly calls: readonly Call[];
	/** These calls as they live. */
	readonly live: LiveCalls<Tags>;
	/** Who gets events. A call of the simulator sends none. */
	readonly listeners: Listeners;
	setParty(number: string, manner: Manner): void;
	fault(fault: Fault | null, options?: FaultOptions): void;
	/** Resolves when every phone that is to ring has rung. */
	idle(): Promise<void>;
	/** Forgets rings, requests, calls, faults and manners; ends every call. */
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

/**
 * The Asterisk REST Interface of Asterisk 22, as its documentation has it: channels, bridges, endpoints, and who it is.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/
 */
export async function startAsterisk(options: AsteriskOptions = {}): Promise<AsteriskSimulator> {
	const switchboard = createSwitchboard(options);
	const faults = createFaultPlan();
	const pbx: Pbx = {
		switchboard,
		faults,
		users: options.users ?? Object.values(defaultUsers),
		base: `${options.prefix ?? ''}/ari`,
		hasAri: options.ari ?? true,
		listeners: createListeners(),
	};
	const server = await startServer({
		port: options.port,
		tls: options.tls,
		certificate: options.certificate,
		redact,
		handle: (request) => handle(request, pbx),
		upgrade: (request) => listen(request, pbx),
	});
	return {
		url: server.url,
		port: server.port,
		caCertificate: server.caCertificate,
		rings: switchboard.rings,
		requests: server.requests,
		calls: switchboard.calls,
		live: switchboard.live,
		listeners: pbx.listeners,
		setParty: switchboard.setParty,
		fault: faults.set,
		idle: switchboard.live.idle,
		reset: () => {
			faults.set(null);
			switchboard.reset();
			server.forget();
		},
		refuse: server.refuse,
		cutHandshakes: server.cutHandshakes,
		flooded: server.flooded,
		listenAgain: server.listenAgain,
		close: async () => {
			await server.close();
			switchboard.reset();
		},
	};
}

interface Pbx {
	readonly switchboard: Switchboard;
	readonly faults: ReturnType<typeof createFaultPlan>;
	readonly users: readonly User[];
	readonly base: string;
	readonly hasAri: boolean;
	readonly listeners: OwnListeners;
}

async function handle(request: HttpRequest, pbx: Pbx): Promise<Answer> {
	const fault = pbx.faults.take('any', request.body);
	if (fault === null) return answer(request, pbx);
	return applyFault(fault, async () => {
		const undisturbed = await answer(request, pbx);
		return 'reply' in undisturbed ? undisturbed.reply : json(500, {});
	});
}

async function answer(request: HttpRequest, pbx: Pbx): Promise<Answer> {
	const whole = (reply: HttpReply): Answer => ({ delivery: 'whole', reply });
	const [path = '', query = ''] = request.path.split('?');
	const { base, hasAri, switchboard, faults } = pbx;
	if (!hasAri || !(path === base || path.startsWith(`${base}/`))) return whole(webPage(404));
	const user = userOf(request, pbx.users);
	if (user === undefined) return whole(notSignedIn);
	if (!mayWrite(user) && request.method !== 'GET') {
		return whole(json(403, { message: 'Write access denied' }));
	}
	const asked = { method: request.method, path: path.slice(base.length), query, request };
	const [, resource, name] = asked.path.split('/');
	if (resource === 'applications' && asked.method === 'GET') {
		return whole(pbx.listeners.answer(name === undefined ? name : decodeURIComponent(name)));
	}
	const proceed = () => Promise.resolve(answerOf(asked, switchboard));
	const where = whereOf(asked);
	const fault = where === undefined ? null : faults.take(where, request.body);
	return fault === null ? whole(await proceed()) : applyFault(fault, proceed);
}

const unauthorized = json(401, { message: 'Authentication required' });
const notSignedIn: HttpReply = {
	...unauthorized,
	headers: {
		...unauthorized.headers,
		'www-authenticate': 'Basic realm="Asterisk REST Interface"',
	},
};

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Events_REST_API/#eventwebsocket */
function listen(request: HttpRequest, { base, hasAri, users, listeners }: Pbx) {
	const [path = '', query = ''] = request.path.split('?');
	if (!hasAri || path !== `${base}/events`) return webPage(404);
	if (userOf(request, users) === undefined) return notSignedIn;
	const parameters = new URLSearchParams(query);
	const app = parameters.get('app') ?? '';
	// Without it, a listener gets the events of no call.
	if (app === '' || parameters.get('subscribeAll') !== 'true') return refused(400, 'Missing app');
	return (peer: WebSocketPeer) => {
		listeners.add(app, peer);
	};
}

function whereOf({ method, path }: Asked): FaultWhere | undefined {
	const isChannel = path.startsWith('/channels');
	if (method === 'POST') return isChannel ? 'calls' : undefined;
	return isChannel || path.startsWith('/bridges') ? 'follow' : undefined;
}

/** Keeps that somebody signed in: where a secret was is worth testing. */
function redact({ path, headers, body }: Redactable): Redactable {
	const signedIn: Record<string, string> =
		'authorization' in headers ? { authorization: 'Basic' } : {};
	return {
		path: path.replace(/\bapi_key=[^&]*/g, 'api_key='),
		headers: { ...headers, ...signedIn },
		body,
	};
}
