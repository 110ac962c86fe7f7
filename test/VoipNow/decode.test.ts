import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import { decode } from '../../nodes/VoipNow/originate/decode';
import { read } from '../../nodes/VoipNow/originate/read';
import { readCollection, readReply } from '../../nodes/VoipNow/reply';

const call = (() => {
	const form = { userId: '@me', source: '0003*210', destination: '3235742879', options: {} };
	const read1 = read(form, {}, 'fresh');
	if (isInvalid(read1)) throw new Error(read1.texts.join(' '));
	return read1;
})();
const reply = (status: number, body: string, headers = {}) =>
	decode({ status, headers, body }, call);

/** From https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls; the page lacks the commas between the members. */
const documented = [
	`[
 {
   "id":"c3e92a04ff422a7a0b9f",
   "extension":"210",
   "link": 
      {
	   "self": "https://x.x.x.x/uapi/phoneCalls/@me/210/c3e92a04ff422a7a0b9f"
      } 
 }
]`,
	`[
 {
   "id" : "c3e92a04ff422a7a0b9f",
   "extension": "0003*210",
   "link": 
      {
    	"self": "http://x.x.x.x/uapi/phoneCalls/@me/0003*210/c3e92a04ff422a7a0b9f"
      } 
 }
]`,
];

test.each(documented)('a documented reply is accepted, and no truncation of it is', (body) => {
	expect(reply(202, body)).toMatchObject({ status: 'accepted', callId: 'c3e92a04ff422a7a0b9f' });
	for (let length = 1; length < body.length; length++) {
		expect(reply(202, body.slice(0, length)).status).toBe('unknown');
	}
});

test('only 200, 202 and 204 prove anything', () => {
	const body = '[{"id":"1"}]';
	for (const status of [201, 203, 205, 206, 207, 226, 299]) {
		expect(reply(status, body).status).toBe('unknown');
		expect(reply(status, '').status).toBe('unknown');
	}
	for (const status of [200, 202, 204]) {
		expect(reply(status, body)).toMatchObject({ status: 'accepted', callId: '1' });
		expect(reply(status, ' \r\n')).toMatchObject({ status: 'accepted', callId: null });
	}
});

test.each([
	'null',
	'0',
	'""',
	'{}',
	'[null]',
	'[[]]',
	'["c3e92a04ff422a7a0b9f"]',
	'[{"id":""}]',
	'[{"id":null}]',
	'[{"id":true}]',
	'[{"id":{}}]',
	'[{"Id":"1"}]',
	'[{"__proto__":{"id":"1"}}]',
	'{"0":{"id":"1"}}',
])('%s is not a list that begins with a call', (body) => {
	expect(reply(200, body).status).toBe('unknown');
});

test('missing details are null, and an invalid link is ignored', () => {
	const details = { extension: null, link: null, nonce: 'fresh' };
	expect(reply(202, '[{"id":7}]')).toMatchObject({ callId: '7', details });
	expect(reply(202, '[{"id":"7","link":"x","extension":[]}]')).toMatchObject({ details });
});

test("an error keeps VoipNow's message, whatever its shape", () => {
	const body = '{"error":{"code":400,"message":"No."}}';
	expect(reply(400, body)).toMatchObject({ vendorErrors: [{ code: '400', message: 'No.' }] });
	expect(reply(400, '{"error":{"code":"user_invalid"}}')).toMatchObject({
		vendorErrors: [{ code: 'user_invalid', message: 'user_invalid', parameter: 'userId' }],
	});
	expect(reply(400, '{"error":"no"}')).toMatchObject({ status: 'refused', vendorErrors: [] });
	expect(reply(400, '{"error":{"code":"toString","message":"x"}}').status).toBe('refused');
});

test('408 and 5xx prove nothing, whatever the code', () => {
	const body = '{"error":{"code":"pc_source_invalid","message":"x"}}';
	for (const status of [408, 500, 501, 503]) expect(reply(status, body).status).toBe('unknown');
});

test('a page of a collection, as a list or as an object', () => {
	const page = (body: string) => readCollection(readReply({ status: 200, headers: {}, body }).json);
	const entry = { extension: '0003*210' };
	expect(page('{"entry":[{"extension":"0003*210"},3],"totalResults":"1"}')).toEqual({
		entries: [entry],
		total: 1,
	});
	expect(page('{"entry":{"a":{"extension":"0003*210"}}}')).toEqual({
		entries: [{ id: 'a', ...entry }],
	});
	expect(page('{"totalResults":0}')).toEqual({ entries: [], total: 0 });
	for (const body of ['', '[]', '{"entry":null}', '<html>']) expect(page(body)).toBeUndefined();
});
