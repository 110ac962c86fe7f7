import type { Reply } from '../client.mts';
import { createHandClock } from '../clock.mts';
import { parseXml } from '../xml.mts';
import type { IovoxOptions } from '../iovox.mts';
import { callPath, callXml, signedIn, setUp, xmlHeaders } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

afterEach(() => setup.close());

async function start(options: IovoxOptions = {}): Promise<Setup> {
	setup = await setUp(options);
	return setup;
}

function errorsIn(reply: Reply): string[] {
	const parsed = parseXml(Buffer.from(reply.body));
	if ('fault' in parsed) throw new Error(`${parsed.fault} in ${reply.body}`);
	expect(parsed.root.name).toBe('errors');
	return parsed.root.children.map(
		({ name, attributes, text }) => `${name} ${attributes.status ?? ''} ${text}`,
	);
}

// https://www.iovox.com/api/rest/initiateCall.html, literally.
const documented: Record<string, [string, object]> = {
	'custom variables': [
		`<?xml version="1.0" encoding="utf-8"?>
<request>
<link_id>link123</link_id>
<call_variables>
<call_destination>449789123123</call_destination>
<my_custom_var>Bob</my_custom_var>
<the_custom_var>Smith</the_custom_var>
<another_custom_var>1234</another_custom_var>
</call_variables>
</request>`,
		{ number: '449789123123', keys: '' },
	],
	'a keypress': [
		`<?xml version="1.0" encoding="utf-8"?>
<request>
<link_id>link123</link_id>
<call_variables>
<call_destination>449789123123,1</call_destination>
</call_variables>
</request>`,
		{ number: '449789123123', keys: ',1' },
	],
};

test.each(Object.entries(documented))('the documented payload: %s', async (_, [body, ring]) => {
	const { iovox, post } = await start();
	const reply = await post(body);
	expect([reply.status, reply.body]).toEqual([201, '']);
	expect(iovox.rings).toEqual([{ ...ring, linkId: 'link123', at: expect.any(Date) as Date }]);
});

test('the documented payload with a delay rings after the delay', async () => {
	const clock = createHandClock();
	const { iovox, post } = await start({ clock });
	const reply = await post(
		callXml('<call_destination>449789123123,,1,,2</call_destination><delay>30</delay>'),
	);
	expect(reply.status).toBe(201);
	clock.turn(30 * 60 - 1);
	expect(iovox.rings).toEqual([]);
	clock.turn(1);
	expect(iovox.rings).toMatchObject([{ number: '449789123123', keys: ',,1,,2' }]);
});

test('a link with its own destination needs none from the call', async () => {
	const { iovox, post } = await start({ acceptedBody: '<response/>' });
	const reply = await post('<request><link_id>link-alarm</link_id></request>');
	expect([reply.status, reply.body]).toEqual([201, '<response/>']);
	expect(iovox.rings).toMatchObject([{ number: '441632960099' }]);
});

describe('refuses without ringing:', () => {
	const survey = callXml().replace('link123', 'link-survey');
	test.each([
		['no body', '', ['XML Empty']],
		[
			'markup that does not close',
			'<request>\n<link_id>',
			[/^XML parse error\. .* at line \d+, column \d+$/],
		],
		['a document type', `<!DOCTYPE request>${callXml()}`, [/^XML parse error/]],
		['no content', '<request/>', ['Request Empty']],
		['another root', '<call/>', ['Request Empty']],
		['no link', '<request><call_variables/></request>', ['Link ID Empty']],
		['an unknown link', callXml().replace('link123', 'nobody'), ['Link ID does not exist']],
		[
			'a link without rules',
			callXml().replace('link123', 'link-bare'),
			['Link ID has no Calling Rules'],
		],
		['a missing variable', callXml(''), ['Call Variable call_destination Empty']],
		[
			'two missing variables',
			survey,
			['Call Variable my_custom_var Empty', 'Call Variable the_custom_var Empty'],
		],
		['an empty variable', callXml('<call_destination/>'), ['Call Variable call_destination Empty']],
		[
			'a delay in words',
			callXml('<call_destination>1</call_destination><delay>soon</delay>'),
			['Call Variable delay Invalid'],
		],
		[
			'a destination in words',
			callXml('<call_destination>Bob</call_destination>'),
			['Call Variable call_destination Invalid'],
		],
		[
			'a space in the keys',
			callXml('<call_destination>1, 2</call_destination>'),
			['Call Variable call_destination Invalid'],
		],
		[
			'a repeated variable',
			callXml('<call_destination>1</call_destination><a>1</a><a>2</a>'),
			['Call Variable a given twice'],
		],
		[
			'a variable with elements',
			callXml('<call_destination>1</call_destination><a><b/></a>'),
			['Call Variable a Invalid'],
		],
		['another node', '<request><link>link123</link></request>', ['Unknown node link']],
	])('%s', async (_, body, messages) => {
		const { iovox, post } = await start();
		const reply = await post(body);
		expect(reply.status).toBe(400);
		expect(errorsIn(reply)).toEqual(
			messages.map((message) =>
				typeof message === 'string'
					? `error 400 ${message}`
					: (expect.stringMatching(message.source.replace('^', '^error 400 ')) as string),
			),
		);
		expect(iovox.rings).toEqual([]);
		expect(iovox.calls).toEqual([]);
	});

	test.each([
		['no version', '/Calling?method=initiateCall', 'API Version Empty', 400],
		['another version', '/Calling?v=2&method=initiateCall', 'API Version Invalid', 400],
		['another method', '/Calling?v=3&method=call', 'HTTP 404: Not Found', 404],
		['another interface', '/Links?v=3&method=initiateCall', 'HTTP 404: Not Found', 404],
	])('%s', async (_, path, message, status) => {
		const { iovox, send } = await start();
		const reply = await send({ path, body: callXml(), headers: xmlHeaders });
		expect(reply.status).toBe(status);
		expect(errorsIn(reply)).toEqual([`error ${String(status)} ${message}`]);
		expect(iovox.rings).toEqual([]);
	});

	test('GET, and a form', async () => {
		const { send } = await start();
		const got = await send({ method: 'GET', path: callPath, headers: signedIn });
		expect(errorsIn(got)).toEqual(['error 400 Request Method must be POST. GET attempted']);
		const type = { ...signedIn, 'content-type': 'application/x-www-form-urlencoded' };
		const form = await send({ path: callPath, body: callXml(), headers: type });
		expect(errorsIn(form)).toEqual(['error 400 XML Empty']);
	});

	test('more calls than are allowed', async () => {
		const { iovox, post } = await start({ callsAllowed: 1 });
		expect((await post(callXml())).status).toBe(201);
		expect(errorsIn(await post(callXml()))).toEqual([
			'error 400 The number of calls allowed has been exceeded',
		]);
		expect(iovox.rings).toHaveLength(1);
	});

	test.each([
		['no key', {}],
		['a wrong key', { ...signedIn, secureKey: 'x' }],
		['a wrong name', { ...signedIn, username: 'x' }],
		['Basic', { authorization: 'Basic cmVzdC11c2VyOnRlc3Qtc2VjdXJlLWtleQ==' }],
	])('%s', async (_, headers: Record<string, string>) => {
		const { iovox, send } = await start();
		const type = { 'content-type': 'application/xml' };
		const reply = await send({ path: callPath, body: callXml(), headers: { ...headers, ...type } });
		expect(reply.status).toBe(401);
		expect(errorsIn(reply)).toEqual(['error 401 HTTP 401: Unauthorized']);
		expect(iovox.rings).toEqual([]);
	});

	test('another address, with the same text as a wrong key', async () => {
		const { post } = await start({ addressAllowed: false });
		expect(errorsIn(await post(callXml()))).toEqual(['error 401 HTTP 401: Unauthorized']);
	});

	test.each([
		[
			'json',
			'{"errors":{"error":["Call Variable my_custom_var Empty","Call Variable the_custom_var Empty"]}}',
		],
		['text', 'Call Variable my_custom_var Empty\nCall Variable the_custom_var Empty'],
	] as const)('in %s', async (errorFormat, body) => {
		const { post } = await start({ errorFormat });
		const reply = await post(survey);
		expect([reply.status, reply.body]).toEqual([400, body]);
	});
});

test('the recorded requests hold no key', async () => {
	const { iovox, post } = await start();
	await post(callXml());
	expect(JSON.stringify(iovox.requests)).not.toContain(signedIn.secureKey);
	expect(iovox.requests).toMatchObject([{ path: callPath, body: callXml(), status: 201 }]);
});
