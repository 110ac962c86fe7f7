/** A real Asterisk of this test's own, and real SIP phones: on loopback, on free ports, in a folder of their own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../simulators/certificate.mts';
import { freePort } from '../processes.mts';
import { serve } from '../queue/services.mts';
import type { AsteriskProgram, Programs } from './install.mts';
import { dial, freeUdpPort, startPhones, startRegisteringPhone } from './phones.mts';
import type { Dialed, Manner, Phones, Ring } from './phones.mts';

/** The phones of this office; the second digit says what one does, the first is the side of a call that it is for. */
const manners = {
	answers: { kind: 'answers', afterMs: 50 },
	hangsUp: { kind: 'answers', afterMs: 50, talksMs: 400 },
	silent: { kind: 'silent' },
	busy: { kind: 'busy' },
} as const satisfies Record<string, Manner>;

type MannerName = keyof typeof manners;

/** The numbers of the office, by what calling one comes to. */
export const numbers = {
	answers: ['101', '301'],
	hangsUp: ['111', '311'],
	silent: ['121', '321'],
	busy: ['131', '331'],
	/** Its phone is off: nobody answers at the address that Asterisk knows. */
	offline: ['141', '341'],
	/** No phone has registered. */
	unregistered: ['151', '351'],
	/** Answers; its phone has registered by itself. */
	registered: ['161'],
} as const;

/** Numbers that the dialplan leads on, and what it does with them. */
export const led = {
	/** Rings a phone that nobody answers, for two seconds. */
	missed: ['201', 'Dial(PJSIP/121,2)'],
	/** Rings two phones, of which one answers. */
	group: ['202', 'Dial(PJSIP/121&PJSIP/101,20)'],
	/** The same by way of their extensions, as ring groups of FreePBX do. */
	extensions: ['203', `Dial(Local/121@from-internal/n&Local/101@from-internal/n,20)`],
	/** Speaks to the caller itself. */
	menu: ['204', 'Answer'],
	/** Tries one phone after the other. */
	overflow: ['205', 'Dial(PJSIP/131,2)', 'Dial(PJSIP/301,20)'],
	/** From a routine of the dialplan, as FreePBX dials. */
	routine: ['206', 'Gosub(routine,s,1(PJSIP/301))'],
} as const;

/** Numbers outside, as an office dials them; a trunk takes them all. */
const outside = '_1NXXNXXXXXX';

/** The context of extensions, as FreePBX calls it. */
export const context = 'from-internal';

/** Test values; they open nothing but this Asterisk. */
export const users = {
	n8n: { username: 'n8n', password: 'test-password-ari & "más"' },
	reader: { username: 'reader', password: 'test-password-reader' },
} as const;

/** Of the phones that register. */
const phonePassword = 'test-password-phone';

export interface Asterisk {
	/** Of its web server, without /ari. */
	readonly url: string;
	readonly tlsUrl: string;
	/** PEM to trust for {@link tlsUrl}. */
	readonly caCertificate: string;
	/** Every phone that rang, in no order. */
	readonly rings: () => Promise<readonly Ring[]>;
	/** Ends all calls, and clears the list of phones that rang. */
	readonly reset: () => Promise<void>;
	/** Asks ARI, as the user n8n. */
	readonly ask: (method: string, path: string, body?: object) => Promise<Answer>;
	/** Dials from a phone; resolves when the call is over. */
	readonly dial: (dialed: Dialed) => Promise<void>;
	/** Stops it with all its calls, and starts it again. */
	readonly restart: (pauseMs?: number) => Promise<void>;
	readonly stop: () => Promise<void>;
}

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;
}

/** Phones in place of those of the office, or beside them: whoever calls these numbers reaches this port. */
export interface OtherPhones {
	readonly port: number;
	readonly numbers: readonly string[];
}

export async function startAsterisk(
	{ asterisk, sipp, baresip }: Programs,
	others?: OtherPhones,
): Promise<Asterisk> {
	// Asterisk's socket in it has to have a short path.
	const folder = await mkdtemp(join(tmpdir(), 'originate-asterisk-'));
	const cleanups: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
	const stop = async () => {
		for (let next = cleanups.pop(); next; next = cleanups.pop()) await next();
	};
	try {
		const phones: Partial<Record<MannerName, Phones>> = {};
		for (const [name, manner] of Object.entries(manners)) {
			const started = await startPhones(sipp, folder, name, manner);
			cleanups.push(started.stop);
			phones[name as MannerName] = started;
		}
		const ports = { http: await freePort(), tls: await freePort(), sip: await freeUdpPort() };
		const { certificate, key } = await makeCertificate('selfSigned');
		await writeFile(join(folder, 'certificate.pem'), `${certificate}\n${key}\n`);
		const contacts = await contactsOf(phones, others);
		const configFile = await configure(folder, asterisk, ports, contacts);
		const url = `http://127.0.0.1:${String(ports.http)}`;
		const ask = askAs(url, users.n8n);
		const program = await serve({
			command: asterisk.command,
			args: [...asterisk.args, '-f', '-C', configFile],
			port: ports.http,
			isReady: () => isReady(ask, contacts.size),
			logFile: join(folder, 'asterisk.log'),
		});
		cleanups.push(program.stop);
		const [number] = numbers.registered;
		const registered = await startRegisteringPhone(baresip, folder, {
			number,
			password: phonePassword,
			port: ports.sip,
		});
		cleanups.push(registered.stop);
		let forgotten = new Set<string>();
		const allRings = async () =>
			(
				await Promise.all([...Object.values(phones), registered].map(({ rings }) => rings()))
			).flat();
		return {
			url,
			tlsUrl: `https://127.0.0.1:${String(ports.tls)}`,
			caCertificate: certificate,
			ask,
			dial: (dialed) => dial(sipp, folder, ports.sip, dialed),
			restart: program.restart,
			rings: async () => (await allRings()).filter((ring) => !forgotten.has(idOf(ring))),
			async reset() {
				await endAllCalls(ask);
				forgotten = new Set((await allRings()).map(idOf));
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

function idOf({ headers }: Ring): string {
	return headers['call-id'] ?? '';
}

type Ask = Asterisk['ask'];

function askAs(url: string, { username, password }: (typeof users)[keyof typeof users]): Ask {
	const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
	return async (method, path, body) => {
		const answer = await fetch(`${url}/ari${path}`, {
			method,
			headers: {
				authorization,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		return { status: answer.status, headers: answer.headers, body: await answer.text() };
	};
}

/** The phones are known a moment after the web server. */
async function isReady(ask: Ask, phones: number): Promise<boolean> {
	const answer = await ask('GET', '/endpoints').catch(() => undefined);
	if (answer?.status !== 200) return false;
	return (JSON.parse(answer.body) as unknown[]).length >= phones;
}

async function endAllCalls(ask: Ask): Promise<void> {
	for (let round = 0; round < 100; round++) {
		const channels = JSON.parse((await ask('GET', '/channels')).body) as { id: string }[];
		if (channels.length === 0) return;
		// One after the other: Asterisk resets connections beyond its hundredth.
		for (const { id } of channels) await ask('DELETE', `/channels/${encodeURIComponent(id)}`);
		await new Promise((next) => setTimeout(next, 20));
	}
	throw new Error('Asterisk did not end all calls.');
}

/** Where Asterisk finds the phone of each number; empty where none has registered. */
async function contactsOf(
	phones: Partial<Record<MannerName, Phones>>,
	others: OtherPhones | undefined,
): Promise<ReadonlyMap<string, string>> {
	const nobodyListens = await freeUdpPort();
	const contacts = new Map<string, string>();
	for (const [does, all] of Object.entries(numbers)) {
		const port = phones[does as MannerName]?.port ?? nobodyListens;
		for (const number of all) {
			contacts.set(
				number,
				does === 'unregistered' ? '' : `sip:${number}@127.0.0.1:${String(port)}`,
			);
		}
	}
	contacts.set('trunk', `sip:127.0.0.1:${String(phones.answers?.port)}`);
	for (const number of others?.numbers ?? []) {
		const user = number === 'trunk' ? '' : `${number}@`;
		contacts.set(number, `sip:${user}127.0.0.1:${String(others?.port)}`);
	}
	return contacts;
}

interface Ports {
	readonly http: number;
	readonly tls: number;
	readonly sip: number;
}

/** Writes its configuration as an administrator would; returns the path of the first file. */
async function configure(
	folder: string,
	{ folders }: AsteriskProgram,
	ports: Ports,
	contacts: ReadonlyMap<string, string>,
): Promise<string> {
	const own = (name: string) => join(folder, name);
	const written = ['etc', 'lib', 'db', 'keys', 'spool', 'run', 'log'];
	await Promise.all(written.map((name) => mkdir(own(name))));
	const places = {
		...{ astetcdir: own('etc'), astvarlibdir: own('lib'), astdbdir: own('db') },
		...{ astkeydir: own('keys'), astspooldir: own('spool'), astrundir: own('run') },
		...{ astlogdir: own('log'), ...folders },
	};
	const files: Readonly<Record<string, readonly string[]>> = {
		asterisk: [
			'[directories]',
			...Object.entries(places).map(([name, path]) => `${name} => ${path}`),
		],
		// A module without a configuration opens no port.
		modules: ['[modules]', 'autoload = yes'],
		logger: ['[general]', '[logfiles]', 'messages => notice,warning,error'],
		rtp: ['[general]', 'rtpstart = 20000', 'rtpend = 24000'],
		http: [
			...['[general]', 'enabled = yes', 'bindaddr = 127.0.0.1', `bindport = ${String(ports.http)}`],
			...['tlsenable = yes', `tlsbindaddr = 127.0.0.1:${String(ports.tls)}`],
			`tlscertfile = ${own('certificate.pem')}`,
		],
		ari: [
			...['[general]', 'enabled = yes'],
			...Object.values(users).flatMap(({ username, password }) => [
				...[`[${username}]`, 'type = user', `password = ${password}`],
				...(username === 'reader' ? ['read_only = yes'] : []),
			]),
		],
		pjsip: [
			...['[udp]', 'type = transport', 'protocol = udp', `bind = 127.0.0.1:${String(ports.sip)}`],
			...[...contacts].flatMap(([name, contact]) => phoneOf(name, contact)),
		],
		extensions: [
			`[${context}]`,
			...Object.values(led).flatMap(([number, ...steps]) => [
				...steps.map((step, index) => `exten => ${number},${String(index + 1)},${step}`),
				`exten => ${number},${String(steps.length + 1)},Wait(1)`,
			]),
			'exten => _XXX,1,Dial(PJSIP/${EXTEN},20,b(headers^add^1(${tag})))',
			`exten => ${outside},1,Dial(PJSIP/\${EXTEN}@trunk,20,b(headers^add^1(\${tag})))`,
			...['[routine]', 'exten => s,1,Dial(${ARG1},20)', 'same => n,Return()'],
			// What a variable of the first call held shows at the second phone.
			'[headers]',
			'exten => add,1,ExecIf($["${ARG1}" != ""]?Set(PJSIP_HEADER(add,X-Tag)=${ARG1}))',
			'same => n,ExecIf($["${inherited}" != ""]?Set(PJSIP_HEADER(add,X-Inherited)=${inherited}))',
			'same => n,Return()',
		],
	};
	for (const [name, lines] of Object.entries(files)) {
		await writeFile(join(own('etc'), `${name}.conf`), `${lines.join('\n')}\n`);
	}
	return join(own('etc'), 'asterisk.conf');
}

/** A phone that has no contact has to register. No call within a call: what a phone is sent is the call, and its end. */
function phoneOf(name: string, contact: string): readonly string[] {
	return [
		...[`[${name}]`, 'type = endpoint', `context = ${context}`, 'disallow = all', 'allow = ulaw'],
		...(contact === '' ? [`auth = ${name}`] : []),
		...[`aors = ${name}`, 'direct_media = no', 'send_connected_line = no', 'timers = no'],
		...[`[${name}]`, 'type = aor', 'max_contacts = 1'],
		...(contact === ''
			? [`[${name}]`, 'type = auth', `username = ${name}`, `password = ${phonePassword}`]
			: [`contact = ${contact}`]),
	];
}
