import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import type { Vendor } from '../../../../nodes/shared/calling/contract/vendor';
import { openConnection } from '../../../../nodes/shared/wire/exchange/connection';
import { exchange } from '../../../../nodes/shared/wire/exchange/exchange';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';
import { maxReplyCharacters } from '../../../../nodes/shared/wire/text/limits';
import { turnClock } from '../../turnedClock';

const vendor = { credentialType: 'tinyApi', displayName: 'Tiny' } as Vendor;
const request = { method: 'POST', path: '/call', headers: {}, body: '' } as const;

/** A connection whose credential n8n's helper reads for every request; it counts the real reads. */
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
	const line = await openConnection(context, vendor);
	if (isInvalid(line)) throw new Error('the line is not open');
	return { send: async () => await line.send(request, 5), reads: () => reads, seen };
}

turnClock('2026-11-20T12:00:00.500Z');

test('a credential is read once for many calls, and keeps what n8n renews in it', async () => {
	const { send, reads, seen } = await open();
	await send();
	await send();
	await send();
	expect(seen).toEqual(['Node: read 1', 'Node: renewed', 'Node: renewed']);
	expect(reads()).toBe(1);
});

test('a changed credential is noticed within seconds', async () => {
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
		'is now for another address',
		() => ({ baseUrl: 'https://other.example' }),
		'The address in the credential was changed while the workflow ran.',
	],
])('a credential that %s holds the request back', async (_how, later, what) => {
	const { send, seen } = await open(later);
	await send();
	jest.setSystemTime(Date.now() + 5_000);
	expect(await send()).toMatchObject({ status: 'not_sent', what });
	expect(await send()).toMatchObject({ status: 'not_sent', what });
	expect(seen).toHaveLength(1);
});

describe('reading a reply', () => {
	const sending = { vendorName: 'Tiny', baseUrl: 'https://pbx.example', timeoutSeconds: 0.05 };
	const answer = (body: unknown) => ({ statusCode: 200, headers: {}, body });
	/** Neither a deadline nor a cancellation ends it, as if n8n passed on neither. */
	const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };

	test('an endless reply ends at its deadline, and so does the connection', async () => {
		let signal: AbortSignal | undefined;
		const reply = await exchange(
			({ abortSignal }) => {
				signal = abortSignal;
				return Promise.resolve(answer(endless));
			},
			request,
			sending,
		);
		expect(reply).toMatchObject({ status: 'unknown', reason: 'timed_out' });
		expect(signal?.aborted).toBe(true);
	});

	test('a canceled one has its own reason, and no listener stays on the signal', async () => {
		const canceller = new AbortController();
		const remove = jest.spyOn(canceller.signal, 'removeEventListener');
		const reading = exchange(
			() => {
				queueMicrotask(() => canceller.abort());
				return Promise.resolve(answer(endless));
			},
			request,
			sending,
			{ cancel: canceller.signal },
		);
		expect(await reading).toMatchObject({ status: 'unknown', reason: 'canceled' });
		expect(remove).toHaveBeenCalledTimes(1);
	});

	test('one that is too long is read only up to the limit', async () => {
		let read = 0;
		async function* flood() {
			for (;;) {
				read += 1000;
				yield await Promise.resolve(Buffer.alloc(1000, 'x'));
			}
		}
		const reply = await exchange(() => Promise.resolve(answer(flood())), request, sending);
		if (!('body' in reply)) throw new Error(reply.what);
		expect(reply.body.length).toBeGreaterThan(maxReplyCharacters);
		expect(read).toBe(maxReplyCharacters + 1000);
	});

	test('one that breaks off is a lost connection', async () => {
		async function* broken() {
			yield await Promise.resolve(Buffer.from('<resp'));
			throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		}
		const reply = await exchange(() => Promise.resolve(answer(broken())), request, sending);
		expect(reply).toMatchObject({ status: 'unknown', reason: 'connection_lost' });
	});

	test('characters split across chunks arrive whole, and a 401 that n8n threw is read too', async () => {
		async function* parts() {
			yield await Promise.resolve(Buffer.from([0xc3]));
			yield Buffer.from([0xa9]);
		}
		const response = { status: 401, headers: { A: 'b' }, data: parts() };
		const thrown = Object.assign(new Error(), { cause: { response } });
		const reply = exchange(() => Promise.reject(thrown), request, sending, { renewOn: [401] });
		expect(await reply).toMatchObject({ status: 401, headers: { a: 'b' }, body: 'é' });
	});
});

test('a context with private fields works', async () => {
	class Context {
		readonly #credential = { baseUrl: 'https://pbx.example' };
		getCredentials = () => Promise.resolve(this.#credential);
		getNode() {
			return this.#credential;
		}
		helpers = {
			httpRequestWithAuthentication(this: Context) {
				const { baseUrl } = this.getNode();
				return Promise.resolve({ statusCode: 200, headers: {}, body: baseUrl });
			},
		};
	}
	const line = await openConnection(new Context() as unknown as IExecuteFunctions, vendor);
	if (isInvalid(line)) throw new Error('the line is not open');
	expect(await line.send(request, 5)).toMatchObject({ body: 'https://pbx.example' });
});
