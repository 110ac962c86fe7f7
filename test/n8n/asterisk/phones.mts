/** SIP phones, by SIPp and baresip: each INVITE that one gets is a ring, counted by a program that nobody here wrote. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd, tailOf } from '../processes.mts';
import { start } from '../queue/services.mts';

/** What every phone at one port does; times in milliseconds. */
export type Manner =
	| {
			readonly kind: 'answers';
			readonly afterMs: number;
			/** Hangs up then; leaves it to the other side unless given. */
			readonly talksMs?: number;
	  }
	/** Rings until the caller gives up. */
	| { readonly kind: 'silent' }
	| { readonly kind: 'busy' };

export interface Ring {
	/** As it was dialed. */
	readonly number: string;
	/** What the phone shows. */
	readonly caller: { readonly name: string; readonly number: string };
	/** All headers, by their names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
}

/** Phones of one manner: all numbers that are called at this port. */
export interface Phones {
	readonly port: number;
	readonly rings: () => Promise<readonly Ring[]>;
	readonly stop: () => Promise<void>;
}

/** A UDP port on 127.0.0.1 that nobody listens on. */
export async function freeUdpPort(): Promise<number> {
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const { port } = socket.address();
	socket.close();
	await once(socket, 'close');
	return port;
}

async function isTaken(port: number): Promise<boolean> {
	const socket = createSocket('udp4');
	const taken = await new Promise<boolean>((resolve) => {
		socket.once('error', () => resolve(true));
		socket.bind(port, '127.0.0.1', () => resolve(false));
	});
	socket.close();
	return taken;
}

/** `folder` gets its files; `name` is unique in it. */
export async function startPhones(
	sipp: string,
	folder: string,
	name: string,
	manner: Manner,
): Promise<Phones> {
	const port = await freeUdpPort();
	const scenarioFile = join(folder, `${name}.xml`);
	const messageFile = join(folder, `${name}.messages`);
	await writeFile(scenarioFile, scenarioOf(manner));
	const stop = await start({
		command: sipp,
		args: [
			...['-sf', scenarioFile, '-i', '127.0.0.1', '-p', String(port), '-nostdin'],
			...['-trace_msg', '-message_file', messageFile],
		],
		port,
		isReady: () => isTaken(port),
		logFile: join(folder, `${name}.log`),
	});
	return {
		port,
		rings: async () => ringsIn(await readFile(messageFile, 'utf8').catch(() => '')),
		stop,
	};
}

/** A call that somebody dials at a phone. */
export interface Dialed {
	readonly from: string;
	readonly to: string;
	/** The caller hangs up this long after the answer, or gives up this long after the first ring. */
	readonly hangsUp: { readonly afterAnswerMs: number } | { readonly afterRingMs: number };
}

/** Dials, and resolves when the call is over; `port` is that of Asterisk. */
export async function dial(
	sipp: string,
	folder: string,
	port: number,
	dialed: Dialed,
): Promise<void> {
	const name = join(folder, `dialed-${crypto.randomUUID()}`);
	await writeFile(`${name}.xml`, scenarioOfCaller(dialed));
	const own = String(await freeUdpPort());
	const logFile = `${name}.log`;
	const code = await runToEnd({
		command: sipp,
		args: [
			...['-sf', `${name}.xml`, '-i', '127.0.0.1', '-p', own, '-nostdin', '-m', '1'],
			`127.0.0.1:${String(port)}`,
		],
		cwd: folder,
		logFile,
	});
	if (code !== 0) throw new Error(`The call did not go as it should:\n${await tailOf(logFile)}`);
}

/** Who a phone is to Asterisk. */
export interface Registration {
	readonly number: string;
	readonly password: string;
	/** Of Asterisk. */
	readonly port: number;
}

/** A phone that registers with Asterisk, and answers by itself; it is ready when it has registered. */
export async function startRegisteringPhone(
	baresip: string,
	folder: string,
	{ number, password, port }: Registration,
): Promise<Phones> {
	const own = join(folder, `baresip-${number}`);
	const logFile = join(own, 'log');
	await mkdir(own);
	const account = `<sip:${number}@127.0.0.1:${String(port)}>;auth_user=${number};auth_pass=${password};answermode=auto;regint=60`;
	const modules = ['g711', 'aufile', 'ausine', 'menu', 'account'].map(
		(name) => `module ${name}.so`,
	);
	// It looks for them in its working folder otherwise.
	const modulePath = `module_path ${join(dirname(baresip), '..', 'lib', 'baresip', 'modules')}`;
	const settings = [
		modulePath,
		'sip_listen 127.0.0.1:0',
		'net_interface 127.0.0.1',
		'audio_player aufile,/dev/null',
		'audio_source ausine,440',
		'ausrc_srate 48000',
		'ausrc_channels 2',
	];
	await writeFile(join(own, 'config'), [...settings, ...modules, ''].join('\n'));
	await writeFile(join(own, 'accounts'), `${account}\n`);
	await writeFile(join(own, 'contacts'), '');
	const log = async () => await readFile(logFile, 'utf8').catch(() => '');
	const stop = await start({
		command: baresip,
		args: ['-f', own, '-v'],
		port,
		isReady: async () => /\b200 OK\b/.test(await log()),
		logFile,
	});
	return {
		port,
		rings: async () =>
			[...(await log()).matchAll(/answering call on line \d+ from sip:([^@\s]+)@/g)].map(
				([, caller = ''], index) => ({
					number,
					caller: { name: '', number: caller },
					headers: { 'call-id': `${number}-${String(index)}` },
				}),
			),
		stop,
	};
}

/** A call begins with an INVITE; one within a call, or sent once more, is no ring. */
function ringsIn(messages: string): readonly Ring[] {
	const calls = new Map<string, Ring>();
	for (const message of messages.split(/^-{20,} .*$/m)) {
		const [, number = '', head = ''] =
			/message received .*\s+INVITE sip:([^@\s]+)@[^\r\n]*\r?\n([\s\S]*?)\r?\n\r?\n/.exec(
				message,
			) ?? [];
		if (head === '') continue;
		const headers = headersOf(head);
		const { from = '', to = '', 'call-id': id = '' } = headers;
		if (to.includes(';tag=') || calls.has(id)) continue;
		const [, name = '', caller = ''] = /^(?:"([^"]*)" ?)?<sip:([^@>]*)@/.exec(from) ?? [];
		calls.set(id, {
			number: decodeURIComponent(number),
			caller: { name, number: caller },
			headers,
		});
	}
	return [...calls.values()];
}

function headersOf(head: string): Record<string, string> {
	const lines = head.split(/\r?\n/).map((line) => /^([\w-]+): ?(.*)$/.exec(line) ?? []);
	return Object.fromEntries(lines.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/** https://sipp.readthedocs.io/en/latest/scenarios/ownscenarios.html */
function scenarioOf(manner: Manner): string {
	return [
		'<?xml version="1.0" encoding="ISO-8859-1" ?>',
		`<scenario name="${manner.kind}">`,
		...invited,
		...stepsOf(manner),
		'</scenario>',
	].join('\n');
}

function stepsOf(manner: Manner): readonly string[] {
	switch (manner.kind) {
		case 'busy':
			return [send('486 Busy Here', toInvite), '<recv request="ACK"/>'];
		case 'silent':
			return [send('180 Ringing', toInvite), '<recv request="CANCEL"/>', ...cancelled];
		case 'answers':
			return [
				send('180 Ringing', toInvite),
				`<recv request="CANCEL" timeout="${String(Math.max(manner.afterMs, 1))}" ontimeout="answer" next="cancelled"/>`,
				'<label id="answer"/>',
				send('200 OK', toInvite, sdp),
				'<recv request="ACK"/>',
				...(manner.talksMs === undefined
					? ['<recv request="BYE"/>', send('200 OK', toLast, '', 'end')]
					: [
							`<recv request="BYE" timeout="${String(manner.talksMs)}" ontimeout="hangUp" next="ended"/>`,
							'<label id="hangUp"/>',
							bye,
							'<recv response="200" next="end"/>',
							'<label id="ended"/>',
							send('200 OK', toLast, '', 'end'),
						]),
				'<label id="cancelled"/>',
				...cancelled,
				'<label id="end"/>',
			];
	}
}

/** A phone that dials. What nobody answers is refused, with any status. */
function scenarioOfCaller({ from, to, hangsUp }: Dialed): string {
	const request = (method: string, cseq: number, branch: string, toTag = '', body = '') =>
		message(
			[
				`${method} sip:${to}@[remote_ip]:[remote_port] SIP/2.0`,
				`Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${branch}`,
				'Max-Forwards: 70',
				`From: "Phone ${from}" <sip:${from}@[local_ip]:[local_port]>;tag=[pid]caller[call_number]`,
				`To: <sip:${to}@[remote_ip]:[remote_port]>${toTag}`,
				'Call-ID: [call_id]',
				`CSeq: ${String(cseq)} ${method}`,
				`Contact: <sip:${from}@[local_ip]:[local_port]>`,
			],
			body,
		);
	const invite = request('INVITE', 1, '[branch]', '', sdp);
	const peer = '[peer_tag_param]';
	const may = (status: number, next = '') =>
		`<recv response="${String(status)}" optional="true"${next === '' ? '' : ` next="${next}"`}/>`;
	const steps =
		'afterRingMs' in hangsUp
			? [
					...[invite, may(100), '<recv response="180"/>'],
					`<pause milliseconds="${String(hangsUp.afterRingMs)}"/>`,
					...[request('CANCEL', 1, '[branch-4]'), '<recv response="200"/>'],
					...['<recv response="487"/>', request('ACK', 1, '[branch-7]', peer)],
				]
			: [
					...[invite, may(100), may(180), may(183)],
					...[403, 404, 480, 486, 503, 603].map((status) => may(status, 'refused')),
					...['<recv response="200"/>', request('ACK', 1, '[branch]', peer)],
					`<recv request="BYE" timeout="${String(hangsUp.afterAnswerMs)}" ontimeout="hangUp" next="ended"/>`,
					...['<label id="hangUp"/>', request('BYE', 2, '[branch]', peer)],
					...['<recv response="200" next="end"/>', '<label id="ended"/>'],
					send200ToBye('end'),
					...['<label id="refused"/>', request('ACK', 1, '[branch]', peer), '<label id="end"/>'],
				];
	return [
		'<?xml version="1.0" encoding="ISO-8859-1" ?>',
		'<scenario name="caller">',
		...steps,
		'</scenario>',
	].join('\n');
}

function send200ToBye(next: string): string {
	const echoed = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `[last_${name}:]`);
	return message(['SIP/2.0 200 OK', ...echoed], '', next);
}

/** What of the INVITE later messages need. */
const invited = [
	'<recv request="INVITE">',
	'<action>',
	...[
		['CSeq:', 'cseq', '.*'],
		['From:', 'caller', '.*'],
		['To:', 'own', '.*'],
		['Contact:', 'contact', 'sip:[^>]*'],
	].map(
		([header = '', variable = '', pattern = '']) =>
			`<ereg regexp="${pattern}" search_in="hdr" header="${header}" assign_to="${variable}"/>`,
	),
	'</action>',
	'</recv>',
	'<Reference variables="cseq,caller,own,contact"/>',
];

const tag = ';tag=[pid]phone[call_number]';
const toInvite = 'CSeq:[$cseq]';
const toLast = '[last_CSeq:]';

function send(status: string, cseq: string, body = '', next = ''): string {
	return message(
		[
			`SIP/2.0 ${status}`,
			'[last_Via:]',
			'From:[$caller]',
			cseq === toLast ? '[last_To:]' : `To:[$own]${tag}`,
			'[last_Call-ID:]',
			cseq,
			'Contact: <sip:[local_ip]:[local_port]>',
		],
		body,
		next,
	);
}

const bye = message([
	'BYE [$contact] SIP/2.0',
	'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
	'Max-Forwards: 70',
	`From:[$own]${tag}`,
	'To:[$caller]',
	'Call-ID: [call_id]',
	'CSeq: 1 BYE',
]);

const cancelled = [
	send('200 OK', toLast),
	send('487 Request Terminated', toInvite),
	'<recv request="ACK"/>',
];

const sdp = [
	'v=0',
	'o=phone 1 1 IN IP[local_ip_type] [local_ip]',
	's=-',
	'c=IN IP[media_ip_type] [media_ip]',
	't=0 0',
	'm=audio [media_port] RTP/AVP 0',
	'a=rtpmap:0 PCMU/8000',
].join('\n');

function message(head: readonly string[], body = '', next = ''): string {
	const type = body === '' ? [] : ['Content-Type: application/sdp'];
	const lines = [...head, ...type, 'Content-Length: [len]', '', body, ''];
	return `<send${next === '' ? '' : ` next="${next}"`}><![CDATA[\n${lines.join('\n')}\n]]></send>`;
}
