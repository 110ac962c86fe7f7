import { defaultUsers as asteriskUsers, startAsterisk } from '../simulators/asterisk.mts';
import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultSignIn as iovoxSignIn, startIovox } from '../simulators/iovox.mts';
import { defaultAccounts as switchvoxAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import { defaultApps as voipNowApps, startVoipNow } from '../simulators/voipnow.mts';
import type { FaultOptions } from '../simulators/fault.mts';
import type { LiveCalls } from '../simulators/liveCalls.mts';
import type { CredentialData } from './client.mts';
import { simulatedSystem } from './wall/simulated.mts';
import type { WallSystem } from './wall/view.mts';

/** Phones that misbehave on purpose, the same for every vendor. None of them is an emergency number anywhere. */
export const phones = { silent: '601', busy: '602', cut: '603' } as const;

export type Misbehaviour = keyof typeof phones;

/** A phone that misbehaves, and the node's status for a call that rings it first. */
export interface SpecialPhone {
	readonly number: string;
	readonly does: Misbehaviour;
	readonly status: string;
}

/** An account that can sign in, but cannot place the examples' calls. */
export interface OtherAccount {
	/** Fields that replace those of the vendor's credential. */
	readonly data: Readonly<Record<string, string>>;
	readonly may: string;
}

/** A simulated vendor with a credential for it. */
export interface PhoneSystem {
	/** The vendor's name. */
	readonly name: string;
	/** The vendor's ID on the generic node. */
	readonly vendor: string;
	readonly credential: CredentialData;
	readonly otherAccounts: readonly OtherAccount[];
	readonly specialPhones: readonly SpecialPhone[];
	/** The calls accepted so far. */
	readonly calls: readonly unknown[];
	/** The numbers that have rung so far. */
	readonly rings: readonly { readonly number: string }[];
	/** Its phones, on the wall. */
	readonly wall: WallSystem;
	/** Resolves when all accepted calls have rung their phones. */
	readonly idle: () => Promise<void>;
	readonly close: () => Promise<void>;
}

/** A call whose reply is lost is certain to be found only while it lives. */
const staysOnTheLine = { answersAfterSeconds: 0, talksSeconds: Infinity };

type Log = (line: string) => void;

export interface PhoneSystemOptions {
	/** Gets one line for each phone that rings. */
	readonly log?: Log;
	/** Real milliseconds in one simulated second; default 1000. */
	readonly secondMs?: number;
}

/** Phones for a first try; on the wall from the start. */
export const firstPhones: readonly string[] = ['101', '102'];

/** All vendors; Asterisk is simulated unless another one is given. */
export async function startPhoneSystems(
	options: PhoneSystemOptions = {},
	asterisk: (options: PhoneSystemOptions) => Promise<PhoneSystem> = simulateAsterisk,
): Promise<readonly PhoneSystem[]> {
	const starts = [simulateSwitchvox, simulateIovox, simulateEnswitch, simulateVoipNow, asterisk];
	return await Promise.all(starts.map((start) => start(options)));
}

function optionsOf(
	name: string,
	{ log, secondMs }: PhoneSystemOptions,
): PhoneSystemOptions & { readonly log: Log } {
	const named = (line: string) => log?.(`${name}: ${line}`);
	return { log: named, ...(secondMs === undefined ? {} : { secondMs }) };
}

/** The phones of a vendor's simulator; the status is as much as its API proves. */
function specialPhones(statuses: Partial<Record<Misbehaviour, string>>): readonly SpecialPhone[] {
	return Object.entries(statuses).map(([does, status]) => {
		const misbehaviour = does as Misbehaviour;
		return { number: phones[misbehaviour], does: misbehaviour, status };
	});
}

async function simulateSwitchvox(options: PhoneSystemOptions): Promise<PhoneSystem> {
	// Otherwise people talk for a minute, and examples that wait for the end take as long.
	const pbx = await startSwitchvox({ ...optionsOf('Switchvox', options), talkSeconds: 5 });
	pbx.setParty(phones.silent, 'never');
	pbx.setParty(phones.busy, 'busy');
	pbx.fault('cutAfterRinging', { holding: `<dial_first>${phones.cut}<` });
	const { admin, user, readonly } = switchvoxAccounts;
	const { username, password } = admin;
	const { url: baseUrl, caCertificate, rings, close } = pbx;
	const data = { baseUrl, username, password, authentication: 'auto', caCertificate };
	return {
		name: 'Switchvox',
		vendor: 'switchvox',
		credential: credential('Switchvox', 'switchvoxApi', data),
		otherAccounts: [
			{ data: signIn(user), may: 'call as an extension user only' },
			{ data: signIn(readonly), may: 'place no call' },
		],
		specialPhones: specialPhones({
			silent: 'not_connected',
			busy: 'not_connected',
			cut: 'unknown',
		}),
		get calls() {
			return pbx.calls;
		},
		rings,
		wall: onWall('switchvox', 'Switchvox', pbx, false),
		idle: pbx.live.idle,
		close,
	};
}

async function simulateIovox(options: PhoneSystemOptions): Promise<PhoneSystem> {
	const { log, secondMs } = optionsOf('IOVOX', options);
	const iovox = await startIovox({
		log,
		...(secondMs === undefined ? {} : { minuteMs: 60 * secondMs }),
	});
	iovox.fault('cutAfterRinging', { holding: `<call_destination>${phones.cut}<` });
	const { url: baseUrl, calls, rings, close } = iovox;
	const data = { environment: 'custom', baseUrl, ...iovoxSignIn };
	return {
		name: 'IOVOX',
		vendor: 'iovox',
		credential: credential('IOVOX', 'iovoxApi', data),
		otherAccounts: [],
		specialPhones: specialPhones({ cut: 'unknown' }),
		calls,
		rings,
		wall: onWall('iovox', 'IOVOX', iovox, false, ['12025550123']),
		idle: iovox.live.idle,
		close,
	};
}

async function simulateEnswitch(options: PhoneSystemOptions): Promise<PhoneSystem> {
	const pbx = await startEnswitch(optionsOf('Enswitch', options));
	pbx.setParty(phones.silent, 'never');
	pbx.setParty(phones.busy, 'busy');
	pbx.fault('cutAfterRinging', { holding: `snumber=${phones.cut}&` });
	const { agent, guest, unpaid } = enswitchAccounts;
	const { username, password } = agent;
	const { url: baseUrl, caCertificate, calls, rings, idle, close } = pbx;
	const data = { baseUrl, username, password, caCertificate };
	return {
		name: 'Enswitch',
		vendor: 'enswitch',
		credential: credential('Enswitch', 'enswitchApi', data),
		otherAccounts: [
			{ data: signIn(guest), may: 'place no call' },
			{ data: signIn(unpaid), may: 'place no call by its rate plan' },
		],
		specialPhones: specialPhones({ silent: 'accepted', busy: 'accepted', cut: 'unknown' }),
		calls,
		rings,
		wall: onWall('enswitch', 'Enswitch', pbx, true),
		idle,
		close,
	};
}

async function simulateVoipNow(options: PhoneSystemOptions): Promise<PhoneSystem> {
	const pbx = await startVoipNow(optionsOf('VoipNow', options));
	pbx.setParty(phones.silent, 'never');
	pbx.setParty(phones.busy, 'busy');
	pbx.setParty(phones.cut, staysOnTheLine);
	pbx.fault('cutAfterRinging', { holding: `"source":["${phones.cut}"]` });
	const { clientId, clientSecret } = voipNowApps.user;
	const { url: baseUrl, calls, rings, close } = pbx;
	// n8n's request for a token does not use a certificate of the credential.
	const data = {
		baseUrl,
		grantType: 'clientCredentials',
		clientId,
		clientSecret,
		allowUnauthorizedCerts: true,
	};
	return {
		name: 'VoipNow',
		vendor: 'voipNow',
		credential: credential('VoipNow', 'voipNowOAuth2Api', data),
		otherAccounts: [],
		// The call is looked up after its reply is lost, and found.
		specialPhones: specialPhones({ silent: 'accepted', busy: 'accepted', cut: 'answered' }),
		calls,
		rings,
		wall: onWall('voipNow', 'VoipNow', pbx, true),
		idle: pbx.live.idle,
		close,
	};
}

async function simulateAsterisk(options: PhoneSystemOptions): Promise<PhoneSystem> {
	const pbx = await startAsterisk({ ...optionsOf('Asterisk', options), talkSeconds: 30 });
	pbx.setParty(phones.silent, 'never');
	pbx.setParty(phones.busy, 'busy');
	for (const number of firstPhones) pbx.setParty(number, 'answers');
	pbx.setParty(phones.cut, staysOnTheLine);
	pbx.fault('cutAfterRinging', { holding: `Local/${phones.cut}@` });
	const { n8n, reader } = asteriskUsers;
	const { url: baseUrl, caCertificate, calls, rings, idle, close } = pbx;
	return {
		name: 'Asterisk',
		vendor: 'asterisk',
		credential: credential('Asterisk', 'asteriskApi', { baseUrl, ...n8n, caCertificate }),
		otherAccounts: [{ data: signIn(reader), may: 'place no call' }],
		// The call is looked up after its answer is lost, and found.
		specialPhones: specialPhones({ silent: 'accepted', busy: 'accepted', cut: 'answered' }),
		calls,
		rings,
		wall: onWall('asterisk', 'Asterisk', pbx, true),
		idle,
		close,
	};
}

/** `givesId`: its reply to placing a call says which one it is. */
function onWall(
	id: string,
	name: string,
	{
		live,
		fault,
	}: { live: LiveCalls; fault: (fault: 'cutAfterRinging' | null, options: FaultOptions) => void },
	givesId: boolean,
	phones = firstPhones,
): WallSystem {
	return simulatedSystem({ id, name, phones, givesId, live, fault });
}

function signIn({ username, password }: { readonly username: string; readonly password: string }) {
	return { username, password };
}

function credential(vendor: string, type: string, data: CredentialData['data']): CredentialData {
	return { name: `Simulated ${vendor}`, type, data };
}
