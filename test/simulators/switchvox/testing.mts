import { basic, createClient } from '../client.mts';
import type { Login, Reply } from '../client.mts';
import { defaultAccounts, startSwitchvox } from '../switchvox.mts';
import type { SwitchvoxOptions, SwitchvoxSimulator } from '../switchvox.mts';

/** Shared by the tests of the Switchvox simulator. */
export interface Setup {
	readonly pbx: SwitchvoxSimulator;
	/** POSTs to /xml with Basic credentials, by default the administrator's. */
	post(body: string, login?: Login, signal?: AbortSignal): Promise<Reply>;
	send: ReturnType<typeof createClient>['send'];
	close(): Promise<void>;
}

/** One simulated second takes a millisecond unless the options say otherwise. */
export async function setUp(options: SwitchvoxOptions = {}): Promise<Setup> {
	const pbx = await startSwitchvox({ secondMs: 1, ...options });
	const client = createClient(pbx);
	return {
		pbx,
		send: client.send,
		post: (body, login = defaultAccounts.admin, signal) =>
			client.send({ body, headers: xmlHeaders(login), signal }),
		close: async () => {
			await client.close();
			await pbx.close();
		},
	};
}

export function xmlHeaders(login: Login): Record<string, string> {
	return { 'content-type': 'application/xml', authorization: basic(login) };
}

export function requestXml(method: string, parameters: string): string {
	return `<request method="${method}"><parameters>${parameters}</parameters></request>`;
}

export const fromTo = '<dial_first>101</dial_first><dial_second>301</dial_second>';

/** switchvox.call from 101 to 301 as account 1106, with more parameters if given. */
export function callXml(more = ''): string {
	return requestXml(
		'switchvox.call',
		`${fromTo}<dial_as_account_id>1106</dial_as_account_id>${more}`,
	);
}
