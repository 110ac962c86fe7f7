import { createClient } from '../client.mts';
import type { Reply } from '../client.mts';
import { defaultSignIn, startIovox } from '../iovox.mts';
import type { IovoxOptions, IovoxSimulator } from '../iovox.mts';

/** Shared by the tests of the IOVOX simulator. */
export interface Setup {
	readonly iovox: IovoxSimulator;
	/** POSTs a payload to initiateCall, with the right key. */
	post(body: string, signal?: AbortSignal): Promise<Reply>;
	get(query: string): Promise<Reply>;
	send: ReturnType<typeof createClient>['send'];
	close(): Promise<void>;
}

export const callPath = '/Calling?v=3&method=initiateCall';
export const signedIn = { username: defaultSignIn.username, secureKey: defaultSignIn.secureKey };
export const xmlHeaders = { ...signedIn, 'content-type': 'application/xml' };

export async function setUp(options: IovoxOptions = {}): Promise<Setup> {
	const iovox = await startIovox(options);
	const client = createClient(iovox);
	return {
		iovox,
		send: client.send,
		post: (body, signal) => client.send({ path: callPath, body, headers: xmlHeaders, signal }),
		get: (query) =>
			client.send({
				method: 'GET',
				path: `/Links?v=3&method=getLinks${query}`,
				headers: signedIn,
			}),
		close: async () => {
			await client.close();
			await iovox.close();
		},
	};
}

/** A payload for link123 with these variables as markup. */
export function callXml(variables = '<call_destination>441632960001</call_destination>'): string {
	return `<request><link_id>link123</link_id><call_variables>${variables}</call_variables></request>`;
}
