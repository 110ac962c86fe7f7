import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultSignIn as iovoxSignIn, startIovox } from '../simulators/iovox.mts';
import { defaultAccounts as switchvoxAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import { defaultApps as voipNowApps, startVoipNow } from '../simulators/voipnow.mts';
import type { CredentialData } from './client.mts';

/** A simulated vendor with a credential for it. */
export interface PhoneSystem {
	/** As the vendor calls itself. */
	readonly name: string;
	readonly credential: CredentialData;
	/** The calls that it took so far. */
	readonly calls: readonly unknown[];
	/** Resolves when the calls that were taken have rung what they ring. */
	readonly idle: () => Promise<void>;
	readonly close: () => Promise<void>;
}

type Log = (line: string) => void;

const ringsAtOnce = () => Promise.resolve();

/** All vendors at once; each gives one line for each phone that rings. */
export async function startPhoneSystems(log: Log): Promise<readonly PhoneSystem[]> {
	const starts = [simulateSwitchvox, simulateIovox, simulateEnswitch, simulateVoipNow];
	return await Promise.all(starts.map((start) => start(log)));
}

function lines(name: string, log: Log): Log {
	return (line) => {
		log(`${name}: ${line}`);
	};
}

async function simulateSwitchvox(log: Log): Promise<PhoneSystem> {
	const pbx = await startSwitchvox({ log: lines('Switchvox', log) });
	const { username, password } = switchvoxAccounts.admin;
	const { url: baseUrl, caCertificate, calls, close } = pbx;
	const data = { baseUrl, username, password, authentication: 'auto', caCertificate };
	return {
		name: 'Switchvox',
		credential: credential('Switchvox', 'switchvoxApi', data),
		calls,
		idle: ringsAtOnce,
		close,
	};
}

async function simulateIovox(log: Log): Promise<PhoneSystem> {
	const iovox = await startIovox({ log: lines('IOVOX', log) });
	const { url: baseUrl, calls, close } = iovox;
	const data = { environment: 'custom', baseUrl, ...iovoxSignIn };
	return {
		name: 'IOVOX',
		credential: credential('IOVOX', 'iovoxApi', data),
		calls,
		idle: ringsAtOnce,
		close,
	};
}

async function simulateEnswitch(log: Log): Promise<PhoneSystem> {
	const pbx = await startEnswitch({ log: lines('Enswitch', log) });
	const { username, password } = enswitchAccounts.agent;
	const { url: baseUrl, caCertificate, calls, idle, close } = pbx;
	const data = { baseUrl, username, password, caCertificate };
	return {
		name: 'Enswitch',
		credential: credential('Enswitch', 'enswitchApi', data),
		calls,
		idle,
		close,
	};
}

async function simulateVoipNow(log: Log): Promise<PhoneSystem> {
	const pbx = await startVoipNow({ log: lines('VoipNow', log) });
	const { clientId, clientSecret } = voipNowApps.user;
	const { url: baseUrl, calls, close } = pbx;
	// n8n's request for a token takes no certificate from a credential.
	const data = {
		baseUrl,
		grantType: 'clientCredentials',
		clientId,
		clientSecret,
		allowUnauthorizedCerts: true,
	};
	return {
		name: 'VoipNow',
		credential: credential('VoipNow', 'voipNowOAuth2Api', data),
		calls,
		idle: ringsAtOnce,
		close,
	};
}

function credential(vendor: string, type: string, data: CredentialData['data']): CredentialData {
	return { name: `Simulated ${vendor}`, type, data };
}
