import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultSignIn as iovoxSignIn, startIovox } from '../simulators/iovox.mts';
import { defaultAccounts as switchvoxAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import { defaultApps as voipNowApps, startVoipNow } from '../simulators/voipnow.mts';
import type { RecordedRequest } from '../simulators/server.mts';
import type { CredentialData } from '../n8n/client.mts';
import { packageName } from '../n8n/paths.mts';

/** A node as it stands in a workflow, with the data of its credential. */
export interface Contestant {
	readonly type: string;
	readonly typeVersion: number;
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credential: Omit<CredentialData, 'name'>;
}

/** The part of a simulator that a benchmark needs. */
export interface PhoneSystem {
	readonly url: string;
	readonly caCertificate: string;
	readonly calls: readonly unknown[];
	readonly requests: readonly RecordedRequest[];
	reset(): void;
	close(): Promise<void>;
}

/** The same call at the same simulator, from the node of this package and from n8n's HTTP Request node. */
export interface Contest {
	readonly title: string;
	/** What the package's own time per call may be of HTTP Request's. */
	readonly atMost: number;
	readonly system: PhoneSystem;
	readonly ours: Contestant;
	readonly theirs: Contestant;
}

/** The items do not matter: the call is the same for all, so that no time goes into n8n's expressions. */
export function itemsOf(count: number): readonly object[] {
	return Array.from({ length: count }, (_, item) => ({ item }));
}

/** One simulator and one contest for each vendor and way of signing in. Nothing waits on purpose. */
export async function startContests(): Promise<readonly Contest[]> {
	return await Promise.all([
		switchvoxContest('basic'),
		switchvoxContest('digest'),
		iovoxContest(),
		enswitchContest(),
		voipNowContest(),
	]);
}

/** A phone system that takes its time to answer, with the package's node for it. */
export interface SlowSystem {
	readonly answerMs: number;
	readonly system: PhoneSystem;
	readonly contestant: Contestant;
}

export async function startSlowSystem(): Promise<SlowSystem> {
	const answerMs = 500;
	const system = await startVoipNow({ replyDelayMs: answerMs });
	return { answerMs, system, contestant: voipNowNode(system.url) };
}

const oneCall = { resource: 'call', operation: 'originate', options: {} };
const locator = (value: string) => ({ __rl: true, mode: 'id', value });
const number = '12025550123';

interface Post {
	readonly url: string;
	readonly contentType: string;
	readonly accept: string;
	readonly body: string;
	readonly credential: Contestant['credential'];
	/** Whether the credential is one of this package, not one of n8n's generic ones. */
	readonly own?: boolean;
}

/** A POST of exactly this text; the rest of the node as it comes out of the panel. */
function httpRequest({ url, contentType, accept, body, credential, own }: Post): Contestant {
	return {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.5,
		parameters: {
			method: 'POST',
			url,
			...(own === true
				? { authentication: 'predefinedCredentialType', nodeCredentialType: credential.type }
				: { authentication: 'genericCredentialType', genericAuthType: credential.type }),
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Accept', value: accept }] },
			sendBody: true,
			contentType: 'raw',
			rawContentType: contentType,
			body,
			options: {},
		},
		credential,
	};
}

function node(
	name: string,
	parameters: Contestant['parameters'],
	credential: Contestant['credential'],
): Contestant {
	return {
		type: `${packageName}.${name}`,
		typeVersion: 1,
		parameters: { ...oneCall, ...parameters },
		credential,
	};
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>';

async function switchvoxContest(scheme: 'basic' | 'digest'): Promise<Contest> {
	const system = await startSwitchvox({
		secondMs: 0,
		authentication: scheme,
		digest: { lenient: true },
	});
	const { username, password } = switchvoxAccounts.admin;
	const parameters = `<dial_first>101</dial_first><dial_second>${number}</dial_second><dial_as_account_id>1106</dial_as_account_id>`;
	return {
		title: scheme === 'basic' ? 'Switchvox, Basic' : 'Switchvox, Digest',
		atMost: scheme === 'basic' ? 0.7 : 0.4,
		system,
		ours: node(
			'switchvox',
			{
				accountType: 'admin',
				dialFirst: '101',
				dialSecond: number,
				accountId: locator('1106'),
				variables: {},
			},
			{
				type: 'switchvoxApi',
				data: { baseUrl: system.url, username, password, authentication: 'auto' },
			},
		),
		theirs: httpRequest({
			url: `${system.url}/xml`,
			contentType: 'application/xml',
			accept: 'application/xml',
			body: `${xmlHead}<request method="switchvox.call"><parameters>${parameters}</parameters></request>`,
			credential: {
				type: scheme === 'basic' ? 'httpBasicAuth' : 'httpDigestAuth',
				data: { user: username, password },
			},
		}),
	};
}

async function iovoxContest(): Promise<Contest> {
	const system = await startIovox({ tls: true });
	return {
		title: 'IOVOX, headers',
		atMost: 0.7,
		system,
		ours: node(
			'iovox',
			{
				linkId: locator('link123'),
				callDestination: number,
				specifyVariables: 'fields',
				callVariables: {},
				callVariablesJson: '',
			},
			{ type: 'iovoxApi', data: { environment: 'custom', baseUrl: system.url, ...iovoxSignIn } },
		),
		theirs: httpRequest({
			url: `${system.url}/Calling?v=3&method=initiateCall`,
			contentType: 'application/xml',
			accept: 'application/xml',
			body: `${xmlHead}<request><link_id>link123</link_id><call_variables><call_destination>${number}</call_destination></call_variables></request>`,
			credential: {
				type: 'httpCustomAuth',
				data: { json: JSON.stringify({ headers: iovoxSignIn }) },
			},
		}),
	};
}

/** HTTP Request has no credential of its own that goes into a form: it takes the package's. */
async function enswitchContest(): Promise<Contest> {
	const system = await startEnswitch({ secondMs: 1 });
	const { username, password } = enswitchAccounts.agent;
	const credential = { type: 'enswitchApi', data: { baseUrl: system.url, username, password } };
	return {
		title: 'Enswitch, form',
		atMost: 0.7,
		system,
		ours: node(
			'enswitch',
			{ stype: 'phone', snumber: locator('1234567'), ctype: 'number', cnumber: number },
			credential,
		),
		theirs: httpRequest({
			url: `${system.url}/api/json/calls/make/`,
			contentType: 'application/x-www-form-urlencoded',
			accept: 'application/json',
			body: `stype=phone&snumber=1234567&ctype=&cnumber=${number}`,
			credential,
			own: true,
		}),
	};
}

const voipNowNonce = '130c5a97-0000-4000-8000-000000000001';

function voipNowNode(baseUrl: string): Contestant {
	const { clientId, clientSecret } = voipNowApps.user;
	const parameters = {
		userId: '@me',
		extension: locator('0003*210'),
		source: ['0003*210'],
		destination: [number],
		options: { nonce: voipNowNonce },
	};
	const data = { baseUrl, grantType: 'clientCredentials', clientId, clientSecret };
	return node('voipNow', parameters, { type: 'voipNowOAuth2Api', data });
}

async function voipNowContest(): Promise<Contest> {
	const system = await startVoipNow();
	const { clientId, clientSecret } = voipNowApps.user;
	const accessTokenUrl = `${system.url}/oauth/token.php`;
	const whatForATokenToo = { type: 'unifiedapi', redirect_uri: accessTokenUrl };
	return {
		title: 'VoipNow, OAuth2',
		atMost: 0.7,
		system,
		ours: voipNowNode(system.url),
		theirs: httpRequest({
			url: `${system.url}/uapi/phoneCalls/@me/simple`,
			contentType: 'application/json',
			accept: 'application/json',
			body: `{"extension":"0003*210","phoneCallView":[{"source":["0003*210"],"destination":["${number}"]}],"nonce":"${voipNowNonce}"}`,
			credential: {
				type: 'oAuth2Api',
				data: {
					grantType: 'clientCredentials',
					accessTokenUrl,
					clientId,
					clientSecret,
					scope: '',
					authentication: 'body',
					sendAdditionalBodyProperties: true,
					additionalBodyProperties: JSON.stringify(whatForATokenToo),
				},
			},
		}),
	};
}
