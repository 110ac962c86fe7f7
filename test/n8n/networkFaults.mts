import type { Fault } from '../simulators/fault.mts';
import type { CertificateKind } from '../simulators/certificate.mts';
import { blockedAddress } from './context.mts';
import type { FaultCase, FaultSystem } from './faultCases.mts';

/** The functions that every simulator has. */
interface System extends FaultSystem {
	refuse(): Promise<void>;
	cutHandshakes(): void;
	flooded(): number;
}

/** The options of simulators that are needed here. */
interface Options {
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
}

/** The vendor-specific parts of vendor-independent faults. */
export interface VendorTexts<Options> {
	readonly vendorName: string;
	/** The path of the request that places the call. */
	readonly path: string;
	/** The beginning of the advice that says where to look for the call. */
	readonly lookThere: string;
	/** The status of a call when nothing goes wrong. */
	readonly success?: 'answered' | 'accepted';
	/** Advice on a host that is not found, a port that refuses, a certificate, and an address without an API. */
	readonly advice: Readonly<Record<'host' | 'port' | 'certificate' | 'address', string>>;
	/** Changes the credential so that n8n does not trust the simulator's certificate. */
	readonly untrusting: Readonly<Record<string, unknown>>;
	/** The shortest call, and how long the node waits for its answer. */
	readonly quick?: Readonly<Record<string, unknown>>;
	readonly seconds: number;
	/** Gives the simulator's answer to a call a body. */
	readonly answering?: Options;
	/** The outcome of HTTP 200 with a body that makes no sense. */
	readonly unreadable?: { readonly reason: string; readonly says: string };
}

/** An endless answer is read a little beyond its limit, because of buffers. */
const mostFlooded = 8_000_000;

const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';

/** The network faults of any vendor, and their outcomes. */
export function networkFaults<O extends Options, S extends System>({
	vendorName,
	path,
	lookThere,
	success = 'accepted',
	advice,
	untrusting,
	quick,
	seconds,
	answering,
	unreadable = { reason: 'unreadable_reply', says: 'could not be read' },
}: VendorTexts<O>): readonly FaultCase<O, S>[] {
	const tls = { tls: true } as O;
	const plain = { tls: false } as O;
	const fault = (what: Fault) => (system: S) => {
		system.fault(what);
	};
	const at = (baseUrl: string) => (data: Readonly<Record<string, unknown>>) => ({
		...data,
		baseUrl,
	});
	const withScheme = (scheme: string) => (data: Readonly<Record<string, unknown>>) => ({
		...data,
		baseUrl: String(data.baseUrl).replace(/^https?:/, scheme),
	});
	const late = `did not answer within ${String(seconds)} seconds`;
	const unsent = (reason: string) => ({ status: 'not_sent', reason, rings: 0 }) as const;
	const open = (reason: string, rings: 0 | 1) => ({ status: 'unknown', reason, rings }) as const;
	/** If the credential can trust the simulator's certificate, Node names the wrong host as the cause. */
	const wrongHost = 'caCertificate' in untrusting ? 'ERR_TLS_CERT_ALTNAME_INVALID' : '';
	return [
		{ title: 'nothing goes wrong', status: success, says: [], rings: 1 },
		{
			title: 'an item without a data object',
			item: 'text',
			...unsent('invalid_input'),
			says: ['The item has no data object', certainly],
		},
		{
			title: 'an unknown host',
			credential: at('https://pbx.invalid'),
			...unsent('host_not_found'),
			says: ['The host of https://pbx.invalid was not found', certainly, advice.host],
		},
		{
			title: 'connection refused',
			prepare: (system) => system.refuse(),
			...unsent('connection_refused'),
			says: ['refused the connection', certainly, advice.port],
		},
		{
			title: 'an untrusted certificate',
			options: tls,
			credential: (data) => ({ ...data, ...untrusting }),
			...unsent('certificate'),
			says: ['is not trusted (', certainly, advice.certificate],
		},
		{
			title: 'an expired certificate',
			options: { ...tls, certificate: 'expired' },
			credential: (data) => ({ ...data, allowUnauthorizedCerts: false }),
			...unsent('certificate'),
			says: ['is not trusted (', certainly],
		},
		{
			title: 'a certificate for another host',
			options: { ...tls, certificate: 'wrongHost' },
			credential: (data) => ({ ...data, allowUnauthorizedCerts: false }),
			...unsent('certificate'),
			says: [`is not trusted (${wrongHost}`, certainly],
		},
		{
			title: 'the connection is cut in the TLS handshake',
			options: tls,
			prepare: (system) => {
				system.cutHandshakes();
			},
			...unsent('tls'),
			says: ['does not answer as an https server', certainly],
		},
		{
			title: 'https to a server that speaks http',
			options: plain,
			credential: withScheme('https:'),
			...unsent('tls'),
			says: ['does not answer as an https server', certainly],
		},
		{
			title: 'blocked by the network policy of n8n',
			credential: at(`https://${blockedAddress}`),
			...unsent('blocked_by_policy'),
			says: ['The network policy of n8n blocks', certainly],
		},
		{
			title: 'HTTP 307',
			prepare: fault({ redirect: 'https://other.example/a;b=c?secret=d', status: 307 }),
			...unsent('redirected'),
			says: [/redirect \(HTTP 307\) to https:\/\/other\.example\/a\. /, certainly, 'Base URL'],
		},
		{
			title: 'HTTP 301 to the same path elsewhere',
			prepare: fault({ redirect: `https://other.example${path}`, status: 301 }),
			...unsent('redirected'),
			says: ['redirect (HTTP 301) to https://other.example/', certainly, 'Base URL'],
		},
		...[300, 303, 304].map(
			(status): FaultCase<O, S> => ({
				title: `HTTP ${String(status)}, the phone rang`,
				prepare: fault({ redirect: `https://other.example${path}`, status, rings: true }),
				...open('redirected', 1),
				says: [`redirect (HTTP ${String(status)})`, perhaps, lookThere],
			}),
		),
		{
			title: 'HTTP 302 to another path, the phone rang',
			prepare: fault({ redirect: '/done', rings: true }),
			...open('redirected', 1),
			says: ['redirect (HTTP 302)', perhaps, lookThere],
		},
		{
			title: 'the connection is cut, nothing rang',
			prepare: fault('cut'),
			...open('connection_lost', 0),
			says: ['was lost before its answer came (ECONNRESET)', perhaps, lookThere],
		},
		{
			title: 'the connection is cut, the phone rang',
			prepare: fault('cutAfterRinging'),
			...open('connection_lost', 1),
			says: ['was lost before its answer came (ECONNRESET)', perhaps, lookThere],
		},
		{
			title: 'the connection is cut in the middle of the answer',
			options: answering,
			prepare: fault('resetMidReply'),
			...open('connection_lost', 1),
			says: ['was lost before its answer came', perhaps, lookThere],
		},
		{
			title: 'HTTP 404',
			prepare: fault({ status: 404 }),
			status: 'refused',
			reason: 'vendor_refused',
			rings: 0,
			says: ['HTTP 404', advice.address],
		},
		{
			title: 'HTTP 500',
			prepare: fault({ status: 500 }),
			...open('server_fault', 0),
			says: ['HTTP 500', perhaps, lookThere],
		},
		{
			title: 'HTTP 502, the phone rang',
			prepare: fault({ status: 502, rings: true }),
			...open('server_fault', 1),
			says: ['HTTP 502', perhaps, lookThere],
		},
		{
			title: 'HTTP 408',
			prepare: fault({ status: 408 }),
			...open('server_fault', 0),
			says: ['HTTP 408', perhaps, lookThere],
		},
		{
			title: 'a web page',
			prepare: fault('html'),
			...open('unreadable_reply', 0),
			says: [`A web page came instead of a reply from ${vendorName}`, perhaps, lookThere],
		},
		{
			title: 'random bytes',
			prepare: fault('garbage'),
			...open(unreadable.reason, 1),
			says: [unreadable.says, perhaps, lookThere],
		},
		{
			title: 'an answer without end, as fast as it is read',
			prepare: fault('flood'),
			...open(unreadable.reason, 1),
			says: [perhaps, lookThere],
			after: ({ flooded }) => {
				expect(flooded()).toBeLessThan(mostFlooded);
			},
		},
		{
			title: 'an answer that drips without end',
			hangs: true,
			prepare: fault('drip'),
			parameters: quick,
			...open('timed_out', 1),
			says: [late, perhaps, lookThere],
		},
		{
			title: 'no answer, nothing rang',
			hangs: true,
			prepare: fault('hang'),
			parameters: quick,
			...open('timed_out', 0),
			says: [late, perhaps, lookThere],
		},
		{
			title: 'no answer, the phone rang',
			hangs: true,
			prepare: fault('hangAfterRinging'),
			parameters: quick,
			...open('timed_out', 1),
			says: [late, perhaps, lookThere],
		},
	];
}
