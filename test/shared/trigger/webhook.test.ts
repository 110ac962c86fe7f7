import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { CallEvent, Push, Pushed } from '../../../nodes/shared/calling/contract/events';
import { ignored } from '../../../nodes/shared/calling/contract/events';
import { checkForm, receive } from '../../../nodes/shared/trigger/webhook';

const vendor = { id: 'some', displayName: 'Some PBX' };

interface Sent {
	readonly name?: 'default' | 'setup';
	readonly ip?: string;
	readonly query?: Readonly<Record<string, unknown>>;
	/** As it came. */
	readonly raw?: string | Buffer;
	/** As n8n has parsed it. */
	readonly body?: unknown;
	readonly parameters?: Readonly<Record<string, unknown>>;
	readonly node?: string;
	readonly mode?: string;
}

interface Received {
	/** Each of what the phone system heard, and `read` when its request was read. */
	readonly steps: readonly string[];
	readonly pushes: readonly Push[];
	readonly log: readonly string[];
	readonly json: unknown;
	readonly result: Readonly<Record<string, unknown>>;
}

/** Reads the field `event`, and so on. */
function eventsWith(read?: Pushed['read']) {
	const pushes: Push[] = [];
	const steps: string[] = [];
	const events: Pushed = {
		kind: 'pushed',
		names: ['ringing', 'answered', 'ended'],
		fields: [],
		reply: { type: 'text/xml', body: '<ok/>' },
		setUp: (address) => ({ steps: ['Enter it.'], values: [{ label: 'URL', value: address }] }),
		read: (push) => {
			pushes.push(push);
			steps.push('read');
			return read === undefined ? readAny(push) : read(push);
		},
	};
	return { events, pushes, steps };
}

function readAny({ body }: Push): CallEvent | ReturnType<typeof ignored> {
	const { event, callId = null } = body as { event?: CallEvent['event']; callId?: string | null };
	if (event === undefined) return ignored('it has no event');
	return {
		kind: 'event',
		event,
		callId,
		legId: null,
		from: null,
		to: null,
		direction: null,
		disposition: null,
		at: null,
		details: { vendorEvent: event },
		response: body,
	};
}

let nodes = 0;

async function play(sent: Sent, read?: Pushed['read']): Promise<Received> {
	const { events, pushes, steps } = eventsWith(read);
	const log: string[] = [];
	const { parameters = {}, raw, name = 'default' } = sent;
	const rawBody = typeof raw === 'string' ? Buffer.from(raw) : raw;
	const response = {
		status: (code: number) => {
			steps.push(String(code));
			return response;
		},
		set: (headers: Readonly<Record<string, string>>) => {
			steps.push(headers['Content-Type'] ?? '');
			return response;
		},
		end: (body = '') => steps.push(body),
	};
	const id = sent.node ?? String(nodes++);
	const context = {
		getResponseObject: () => response,
		getRequestObject: () => ({
			ip: sent.ip ?? '203.0.113.7',
			query: sent.query ?? {},
			body: sent.body ?? {},
			...(rawBody !== undefined && { rawBody }),
		}),
		getWebhookName: () => name,
		getNodeWebhookUrl: () => 'https://n8n.example/webhook/secret/events',
		getNode: () => ({ id, name: 'Calls' }),
		getWorkflow: () => ({ id: 'workflow' }),
		getMode: () => sent.mode ?? 'webhook',
		getNodeParameter: (field: string, otherwise: unknown) => {
			const value = field in parameters ? parameters[field] : otherwise;
			if (value instanceof Error) throw value;
			return value;
		},
		logger: {
			info: (line: string) => log.push(`info: ${line}`),
			warn: (line: string) => log.push(`warn: ${line}`),
		},
	};
	const result = await receive(context as unknown as IWebhookFunctions, vendor, events);
	const [[item] = []] = result.workflowData ?? [];
	return { steps, pushes, log, json: item?.json, result: { ...result } };
}

const ringing = { raw: 'event=ringing&callId=1', body: { event: 'ringing', callId: '1' } };

test('the phone system is answered before its request is read', async () => {
	const { steps, json, result, log } = await play(ringing);
	expect(steps).toEqual(['200', 'text/xml', '<ok/>', 'read']);
	expect(result.noWebhookResponse).toBe(true);
	expect(json).toEqual({
		vendor: 'some',
		event: 'ringing',
		callId: '1',
		legId: null,
		from: null,
		to: null,
		direction: null,
		disposition: null,
		at: null,
		receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
		details: { vendorEvent: 'ringing' },
		response: { event: 'ringing', callId: '1' },
	});
	expect(log).toEqual([]);
});

describe('the body is read, whatever its type is said to be', () => {
	const fields = { event: 'ringing', name: 'Zoë & Co' };
	const form = 'event=ringing&name=Zo%C3%AB+%26+Co';
	const json = JSON.stringify(fields);
	test.each<[string, Sent]>([
		['a form', { raw: form, body: { ...fields } }],
		['a form that n8n has not read', { raw: form }],
		['a form as a text', { raw: form, body: form }],
		['JSON', { raw: json, body: { ...fields } }],
		['JSON that n8n has not read', { raw: json }],
		['JSON as a form', { raw: json, body: { [json]: '' } }],
		['JSON as a text', { raw: json, body: json }],
		['JSON with spaces and a mark around it', { raw: `\uFEFF ${json}\r\n`, body: { ...fields } }],
		// As n8n reads a form with another encoding, here Latin-1 that is not escaped.
		[
			'a form with another encoding',
			{ raw: Buffer.from('event=ringing&name=Zoë %26 Co', 'latin1'), body: { ...fields } },
		],
	])('%s', async (_, sent) => {
		const { pushes, log } = await play(sent);
		expect(pushes).toEqual([{ query: {}, body: fields }]);
		expect(log).toEqual([]);
	});

	test('numbers keep their digits', async () => {
		const { pushes } = await play({ raw: '{"callId":1712345678.990,"big":12345678901234567890}' });
		expect(pushes[0]?.body).toEqual({ callId: '1712345678.990', big: '12345678901234567890' });
	});

	test('of a field that comes twice, the first counts', async () => {
		const sent = { raw: 'event=ringing&event=ended', body: { event: ['ringing', 'ended'] } };
		expect((await play(sent)).pushes[0]?.body).toEqual({ event: 'ringing' });
		expect((await play({ ...sent, body: {} })).pushes[0]?.body).toEqual({ event: 'ringing' });
		expect((await play({ query: { on: ['a', 'b'], x: { y: '1' } } })).pushes[0]?.query).toEqual({
			on: 'a',
			x: '',
		});
	});

	test('a request may have no body', async () => {
		const { pushes, log, json } = await play({ query: { on: 'hangup' } });
		expect(pushes).toEqual([{ query: { on: 'hangup' }, body: {} }]);
		expect(json).toBeUndefined();
		expect(log).toEqual([
			'info: Some PBX Trigger ignored a request: it has no event: node "Calls"',
		]);
	});
});

describe('what is refused is not read, and is in the log', () => {
	const refusals = async (sent: Sent) => {
		const { steps, log, result, pushes } = await play(sent);
		expect(pushes).toEqual([]);
		expect(result).toEqual({ noWebhookResponse: true });
		expect(log.join('\n')).not.toContain('secret');
		return [...steps, ...log];
	};
	const warning = (why: string) => `warn: Some PBX Trigger refused a request: ${why}: node "Calls"`;

	test.each([
		'{"event":',
		'{"event":"ringing"}}',
		'[1]',
		'garbage',
		'\u0000\u0001\u0002',
		'"text"',
	])('a body without fields: %j', async (raw) => {
		const why = 'its body has no fields that can be read';
		expect(await refusals({ raw })).toEqual(['400', '', warning(why)]);
	});

	test('a large one', async () => {
		expect(await refusals({ raw: `event=${'x'.repeat(65_531)}` })).toEqual([
			'413',
			'',
			warning('it has 65537 bytes, more than 65536'),
		]);
		expect((await play({ raw: `event=${'x'.repeat(65_530)}` })).pushes).toHaveLength(1);
	});

	test('one of another address', async () => {
		const parameters = { options: { allowedAddresses: '198.51.100.0/24' } };
		expect(await refusals({ ...ringing, parameters })).toEqual([
			'403',
			'',
			warning('its address 203.0.113.7 is not in Allowed Addresses'),
		]);
		const allowed = await play({ ...ringing, parameters, ip: '::ffff:198.51.100.9' });
		expect(allowed.json).toBeDefined();
	});

	test.each<[unknown, string]>([
		[{ allowedAddresses: '' }, 'Allowed Addresses is empty.'],
		[{ allowedAddresses: null }, 'Allowed Addresses is empty.'],
		[{ allowedAddresses: 'pbx.example' }, 'Allowed Addresses contains "pbx.example".'],
		['expression', 'The options of the trigger cannot be read.'],
		[undefined, 'The options of the trigger cannot be read.'],
	])('every one while the options cannot be read: %j', async (options, why) => {
		const [status, , line] = await refusals({ ...ringing, parameters: { options } });
		expect(status).toBe('403');
		expect(line).toContain(why);
	});

	test.each(['ended', [], null])('every one while Events is %j', async (wanted) => {
		const [status, , line] = await refusals({ ...ringing, parameters: { events: wanted } });
		expect(status).toBe('403');
		expect(line).toContain('Events has no event. Choose at least one.');
	});
});

describe('nothing throws', () => {
	test('if a parameter cannot be evaluated', async () => {
		const parameters = { options: new Error('no such variable') };
		const { steps, log, result } = await play({ ...ringing, parameters });
		expect(steps).toEqual(['500', '']);
		expect(result).toEqual({ noWebhookResponse: true });
		expect(log).toEqual([
			'warn: Some PBX Trigger could not read a request (no such variable): node "Calls"',
		]);
	});

	test('if the request cannot be read, which was answered already', async () => {
		const { steps, log, result } = await play(ringing, () => {
			throw new Error('a slip');
		});
		expect(steps.slice(0, 4)).toEqual(['200', 'text/xml', '<ok/>', 'read']);
		expect(result).toEqual({ noWebhookResponse: true });
		expect(log[0]).toContain('a slip');
	});
});

describe('what starts the workflow', () => {
	test('the chosen events', async () => {
		const parameters = { events: ['ended'] };
		const node = 'chosen';
		const other = await play({ ...ringing, parameters, node });
		expect(other.result).toEqual({ noWebhookResponse: true });
		expect(other.log).toEqual([]);
		const raw = 'event=ended&callId=1';
		expect((await play({ raw, parameters, node })).json).toMatchObject({ event: 'ended' });
	});

	test('each event once, for each node and mode', async () => {
		const node = 'once';
		const started = async (sent: Sent) => (await play({ ...ringing, ...sent })).json !== undefined;
		expect(await started({ node })).toBe(true);
		expect(await started({ node })).toBe(false);
		expect(await started({ node, mode: 'manual' })).toBe(true);
		expect(await started({ node: 'another' })).toBe(true);
	});

	test('the same event for each test in the editor, which ends with it', async () => {
		const test = { node: 'tested', mode: 'manual', parameters: { events: ['ended'] } };
		for (let count = 0; count < 2; count++) {
			await play({ ...test, raw: 'event=answered&callId=1' });
			const { json } = await play({ ...test, raw: 'event=ended&callId=1' });
			expect(json).toMatchObject({ disposition: 'answered' });
		}
	});

	test('an event that does not start it is remembered, too', async () => {
		const parameters = { events: ['ended'] };
		const node = 'remembers';
		await play({ raw: 'event=answered&callId=1', parameters, node });
		const { json } = await play({ raw: 'event=ended&callId=1', parameters, node });
		expect(json).toMatchObject({ disposition: 'answered', details: { talkSeconds: 0 } });
	});

	test('what was sent can be left out', async () => {
		const parameters = { options: { includeResponse: false } };
		expect((await play({ ...ringing, parameters })).json).not.toHaveProperty('response');
	});
});

test('a browser gets the page with the address, which no other page may show', async () => {
	const { steps, pushes, result } = await play({
		name: 'setup',
		parameters: { options: { allowedAddresses: '198.51.100.1' } },
	});
	expect(steps.slice(0, 2)).toEqual(['200', 'text/html; charset=utf-8']);
	expect(steps[2]).toContain('<code>https://n8n.example/webhook/secret/events</code>');
	expect(pushes).toEqual([]);
	expect(result).toEqual({ noWebhookResponse: true });
});

describe('publishing', () => {
	const publish = (parameters: Readonly<Record<string, unknown>>) =>
		checkForm({
			getNode: () => ({ id: '1', name: 'Calls' }),
			getNodeParameter: (field: string, otherwise: unknown) => parameters[field] ?? otherwise,
		} as unknown as IHookFunctions);

	test('a form that can be used', () => {
		expect(publish({ options: { allowedAddresses: '203.0.113.0/24' } })).toBe(true);
		expect(publish({})).toBe(true);
	});

	test.each<[Readonly<Record<string, unknown>>, string]>([
		[{ options: { allowedAddresses: '' } }, 'Allowed Addresses is empty.'],
		[{ options: { allowedAddresses: 'pbx' } }, 'Allowed Addresses contains "pbx".'],
		[{ events: [] }, 'Events has no event.'],
	])('refuses %j', (parameters, why) => {
		expect(() => publish(parameters)).toThrow(why);
		expect(() => publish(parameters)).toThrow('No event will start the workflow.');
	});
});
