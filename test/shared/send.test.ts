import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import type { Vendor } from '../../nodes/shared/vendor';
import { isInvalid } from '../../nodes/shared/call';
import { openLine } from '../../nodes/shared/send';

const vendor = { credentialType: 'tinyApi', displayName: 'Tiny' } as Vendor;
const request = { method: 'POST', path: '/call', headers: {}, body: '' } as const;

/** A line whose credential n8n reads for every request, as its helper does; it counts what it really has to read. */
async function open(later: () => { baseUrl: string } = () => ({ baseUrl: 'https://pbx.example' })) {
	let reads = 0;
	const seen: unknown[] = [];
	const context = {
		getCredentials: async () => {
			reads += 1;
			const { baseUrl } = reads === 1 ? { baseUrl: 'https://pbx.example' } : later();
			return { baseUrl, token: `read ${reads}` };
		},
		getNode: () => ({ name: 'Node' }),
		helpers: {
			async httpRequestWithAuthentication(this: IExecuteFunctions, credentialType: string) {
				const credential =
					await this.getCredentials<ICredentialDataDecryptedObject>(credentialType);
				seen.push(`${this.getNode().name}: ${String(credential.token)}`);
				credential.token = 'renewed';
				return { statusCode: 200, headers: {}, body: '' };
			},
		},
	} as unknown as IExecuteFunctions;
	const line = await openLine(context, vendor);
	if (isInvalid(line)) throw new Error('the line is not open');
	return { send: async () => await line.send(request, 5), reads: () => reads, seen };
}

afterEach(() => {
	jest.useRealTimers();
});

test('a credential is read once for many calls, and what n8n renews in it counts for the next', async () => {
	const { send, reads, seen } = await open();
	await send();
	await send();
	await send();
	expect(seen).toEqual(['Node: read 1', 'Node: renewed', 'Node: renewed']);
	expect(reads()).toBe(1);
});

test('a credential that was changed in n8n is noticed within seconds', async () => {
	jest.useFakeTimers();
	const { send, seen } = await open();
	await send();
	jest.setSystemTime(Date.now() + 5_000);
	await send();
	expect(seen).toEqual(['Node: read 1', 'Node: read 2']);
});

test.each([
	[
		'cannot be read any more',
		() => {
			throw new Error('it was deleted');
		},
		'n8n could not read the credential (it was deleted).',
	],
	[
		'is for another address by now',
		() => ({ baseUrl: 'https://other.example' }),
		'The address in the credential was changed while the workflow ran.',
	],
])('a credential that %s keeps the request back', async (_how, later, what) => {
	jest.useFakeTimers();
	const { send, seen } = await open(later);
	await send();
	jest.setSystemTime(Date.now() + 5_000);
	expect(await send()).toMatchObject({ status: 'not_sent', what });
	expect(await send()).toMatchObject({ status: 'not_sent', what });
	expect(seen).toHaveLength(1);
});
