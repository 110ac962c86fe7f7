import { createClient } from '../../index.ts';
import type { CallOf, CallOptions, ClientOptions, CredentialOf, Outcome } from '../../index.ts';
import type { Fault, FaultOptions } from '../simulators/fault.mts';
import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import type { EnswitchOptions } from '../simulators/enswitch.mts';
import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import type { RecordedRequest } from '../simulators/server.mts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxOptions } from '../simulators/switchvox.mts';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { VoipNowOptions } from '../simulators/voipnow.mts';

/** A simulated vendor and what a program needs to call through it, whatever the vendor. */
export interface Setup {
	readonly url: string;
	/** Of every secret in the credential. */
	readonly secret: string;
	readonly requests: readonly RecordedRequest[];
	/** Creates a client, places one call (by default one that is taken) and closes the client. */
	place(changes?: Changes): Promise<Outcome>;
	/** How often the first phone rang. */
	firstRings(): Promise<number>;
	fault(fault: Fault | null, options?: FaultOptions): void;
	refuse(): Promise<void>;
	close(): Promise<void>;
}

export interface Changes {
	readonly credential?: object;
	readonly call?: object;
	readonly client?: ClientOptions;
	readonly options?: CallOptions;
}

/** Keeps simulated seconds short. */
const secondMs = 5;

export async function openSwitchvox(options: SwitchvoxOptions = {}) {
	const pbx = await startSwitchvox({ secondMs, ...options });
	const { username, password } = defaultAccounts.admin;
	const credential: CredentialOf<'switchvox'> = {
		baseUrl: pbx.url,
		username,
		password,
		caCertificate: pbx.caCertificate,
	};
	const call: CallOf<'switchvox'> = { dialFirst: '101', dialSecond: '301', accountId: '1106' };
	return {
		pbx,
		...pbx,
		credential,
		call,
		secret: password,
		firstRings: () => Promise.resolve(pbx.rings.filter(({ party }) => party === 'first').length),
		place: (changes: Changes = {}) => placeWith('switchvox', credential, call, changes),
	};
}

export async function openEnswitch(options: EnswitchOptions = {}) {
	const pbx = await startEnswitch({ secondMs, ...options });
	const { username, password } = enswitchAccounts.agent;
	const credential: CredentialOf<'enswitch'> = {
		baseUrl: pbx.url,
		username,
		password,
		caCertificate: pbx.caCertificate,
	};
	const call: CallOf<'enswitch'> = { snumber: '1234567', cnumber: '1234568' };
	return {
		pbx,
		...pbx,
		credential,
		call,
		secret: password,
		firstRings: async () => {
			await pbx.idle();
			return pbx.rings.filter(({ party }) => party === 'first').length;
		},
		place: (changes: Changes = {}) => placeWith('enswitch', credential, call, changes),
	};
}

export async function openIovox() {
	const iovox = await startIovox({ minuteMs: secondMs });
	const credential: CredentialOf<'iovox'> = {
		environment: 'custom',
		baseUrl: iovox.url,
		...defaultSignIn,
	};
	const call: CallOf<'iovox'> = { linkId: 'link123', callDestination: '+44 1632 960001' };
	return {
		pbx: iovox,
		...iovox,
		credential,
		call,
		secret: defaultSignIn.secureKey,
		firstRings: () => Promise.resolve(iovox.rings.length),
		place: (changes: Changes = {}) => placeWith('iovox', credential, call, changes),
	};
}

export async function openVoipNow(options: VoipNowOptions = {}) {
	const pbx = await startVoipNow(options);
	const { clientId, clientSecret } = defaultApps.user;
	const credential: CredentialOf<'voipNow'> = {
		baseUrl: pbx.url,
		clientId,
		clientSecret,
		caCertificate: pbx.caCertificate,
	};
	const call: CallOf<'voipNow'> = { source: '0003*210', destination: '+1 202 555 0123' };
	return {
		pbx,
		...pbx,
		credential,
		call,
		secret: clientSecret,
		firstRings: () => Promise.resolve(pbx.rings.filter(({ party }) => party === 'source').length),
		place: (changes: Changes = {}) => placeWith('voipNow', credential, call, changes),
	};
}

/** What was changed need not be right: that is what is tested. */
async function placeWith(
	vendor: 'switchvox' | 'enswitch' | 'iovox' | 'voipNow',
	credential: object,
	call: object,
	changes: Changes,
): Promise<Outcome> {
	const client = createClient(
		vendor,
		{ ...credential, ...changes.credential } as never,
		changes.client,
	);
	try {
		return await client.originate({ ...call, ...changes.call } as never, changes.options);
	} finally {
		await client.close();
	}
}

/** Method and status of every request. */
export function traffic({ requests }: Pick<Setup, 'requests'>): string[] {
	return requests.map(({ method, status }) => `${method} ${String(status)}`);
}
