import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import { encode } from '../../nodes/VoipNow/originate/encode';
import { read } from '../../nodes/VoipNow/originate/read';
import { voipNow } from '../../nodes/VoipNow/vendor';

const form = (values: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => ({
	userId: '@me',
	extension: { __rl: true, mode: 'list', value: '210' },
	source: ['0003*210'],
	destination: ['3235742879'],
	options,
	...values,
});
const invalid = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	return isInvalid(call) ? call.texts : [];
};
const callOf = (values: Record<string, unknown> = {}, options = {}) => {
	const call = read(form(values, options), {}, 'fresh');
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	return call;
};

/** Copied from https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls: the model and the three examples. */
const documented = [
	[
		'@me',
		'210',
		`{
  "extension":"210",
  "phoneCallView":[
    {
       "source":["5354353", "5302040"],
       "destination":["5353535"],
       "callerId":"John Doe <4242425>"
    }
  ]
}`,
	],
	[
		'@me',
		'210',
		`{
  "extension":"210",
  "phoneCallView":[
    {
       "source":["5354353", "5302040"],
       "destination":["3235742879"],
       "callerId":"John Doe <4242425>"
    }
  ]
}`,
	],
	[
		'12',
		'0003*210',
		`{
  "extension": "0003*210",
  "phoneCallView": [
    {
       "source":  [ "5354353", "5302040" ],
       "destination": [ "3235742879" ],
       "callerId": "John Doe <4242425>"
    }
  ]
}`,
	],
	[
		'12',
		'0003*210',
		`{
  "extension": "0003*210",
  "phoneCallView": [
    {
       "source":  [ "0003*210" ],
       "destination": [ "0003*00" ],
       "callerId": "John Doe <4242425>"
    }
  ]
}`,
	],
] as const;

test.each(documented)('a documented request, with a nonce: %s %s', (userId, extension, body) => {
	const { phoneCallView } = JSON.parse(body) as {
		phoneCallView: [{ source: string[]; destination: string[]; callerId: string }];
	};
	const [{ source, destination, callerId }] = phoneCallView;
	const call = callOf({ userId, extension, source, destination }, { callerId });
	const request = encode(call);
	expect(request.path).toBe(`/uapi/phoneCalls/${userId}/simple`);
	const { nonce, ...rest } = JSON.parse(request.body ?? '') as Record<string, unknown>;
	expect(rest).toEqual(JSON.parse(body));
	expect(nonce).toBe('fresh');
});

test.each([
	['a list', ['1', '2'], ['1', '2']],
	['a list of numbers', [1, 2], ['1', '2']],
	['commas', '1, 2,', ['1', '2']],
	['lines', '1\n2\r\n', ['1', '2']],
	['a list in a list', [['1', '2'], '3,4'], ['1', '2', '3', '4']],
	['a repeated number', '210, 2 10,210', ['210']],
	['one number', 210, ['210']],
	['a phone number as written', '+1 (202) 555-0123', ['+12025550123']],
	['a phone number in parentheses', '(+44) 1632 960123', ['+441632960123']],
	['an extended extension', ' 0003*210 ', ['0003*210']],
	['an empty field among others', ['', '1', null], ['1']],
])('source and destination take %s', (_, entered, expected) => {
	const call = callOf({ source: entered, destination: entered });
	expect([call.source, call.destination]).toEqual([expected, expected]);
});

test.each([
	['no source', { source: [] }, {}, /^Source is empty\. Enter/],
	['only empty sources', { source: ['', ' ,'] }, {}, /^Source is empty\. Enter/],
	['no destination', { destination: '' }, {}, /^Destination is empty/],
	['an object', { source: { number: '1' } }, {}, /^Source contains something that is not a number/],
	['letters', { destination: ['5302040', 'Bob'] }, {}, /^Destination is "Bob", which cannot/],
	['#', { source: '12#' }, {}, /^Source is "12#", which cannot be dialed/],
	['a double prefix', { source: '1*2*3' }, {}, /^Source is "1\*2\*3"/],
	['@self', { extension: '@self' }, {}, /^Extension is "@self"\. Enter a number like 210/],
	['another user', { userId: 'me' }, {}, /^User ID is "me"\. Enter @me/],
	['a path as the user', { userId: '../12' }, {}, /^User ID is/],
	['no user', { userId: '' }, {}, /^User ID is empty/],
	[
		'a bare number',
		{},
		{ callerId: '4242425' },
		/^Caller ID is "4242425"\. Enter a name, then a number/,
	],
	['no name', {}, { callerId: '<4242425>' }, /^Caller ID is/],
	['letters as the number', {}, { callerId: 'John <bob>' }, /^Caller ID is/],
	['a line break', {}, { callerId: 'John\r\nX: <1>' }, /^Caller ID is/],
	['two numbers', {}, { callerIdDestination: 'A <1> <2>' }, /^Caller ID for Destination is/],
	['no time', {}, { waitForPickup: 0 }, /^Wait for Pickup \(Seconds\) is "0"/],
	['half a second', {}, { waitForPickup: 1.5 }, /^Wait for Pickup \(Seconds\) is "1.5"/],
	['a duration of 0', {}, { callDuration: 0 }, /^Call Duration \(Seconds\) is "0"/],
	['perhaps', {}, { allowPublicTransfer: 'perhaps' }, /^Allow Public Transfer is perhaps/],
	['an object as the nonce', {}, { nonce: {} }, /^Nonce is an object/],
])('refuses %s', (_, values, options, why) => {
	expect(invalid(values, options)).toEqual([expect.stringMatching(why)]);
});

test.each([
	['John Doe <4242425>', 'John Doe <4242425>'],
	['John Doe <+3334444>', 'John Doe <+3334444>'],
	['Jürgen O’Neil & Co.<1>', 'Jürgen O’Neil & Co. <1>'],
	[' J < 12 > ', 'J <12>'],
])('the caller ID %s', (entered, expected) => {
	const call = callOf({}, { callerId: entered, callerIdDestination: entered });
	expect([call.callerId, call.callerIdDestination]).toEqual([expected, expected]);
});

test('without an extension none is sent, and VoipNow uses the first source', () => {
	for (const extension of [undefined, '', { __rl: true, mode: 'list', value: '' }]) {
		const body = JSON.parse(encode(callOf({ extension })).body ?? '') as object;
		expect(body).not.toHaveProperty('extension');
	}
});

test('each call without a nonce gets a fresh one', () => {
	const nonces = [form(), form({}, { nonce: ' ' })].map((values) => read(values));
	const [first, second] = nonces.map((call) => (isInvalid(call) ? '' : call.nonce));
	expect(first).toMatch(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);
	expect(second).not.toBe(first);
	expect(callOf({}, { nonce: 'order-4711' }).nonce).toBe('order-4711');
});

test('the query has only what is set', () => {
	const options = { waitForPickup: 5, callDuration: 60, allowPublicTransfer: false, video: true };
	expect(encode(callOf({}, options)).path).toBe(
		'/uapi/phoneCalls/@me/simple?waitForPickup=5&callDuration=60&allowPublicTransfer=false&video=true',
	);
	expect(encode(callOf()).path).toBe('/uapi/phoneCalls/@me/simple');
});

test('markup and quotes in every text stay text', () => {
	const hostile = '"}],</x>\\';
	const { body } = encode(callOf({}, { nonce: hostile, callerId: "a'}, \\ & <1>" }));
	expect(JSON.parse(body ?? '')).toMatchObject({
		nonce: hostile,
		phoneCallView: [{ callerId: "a'}, \\ & <1>" }],
	});
});

test.each([
	[undefined, undefined, 55],
	[1, undefined, 31],
	[3600, undefined, 3630],
	[undefined, 86_400, 55],
])(
	'a wait of %s and a duration of %s seconds: %i seconds for the reply',
	(wait, duration, expected) => {
		const call = callOf({}, { waitForPickup: wait, callDuration: duration });
		expect(voipNow.operations.originate.replyTimeoutSeconds(call)).toBe(expected);
	},
);

test.each([
	['e164', ['0003*210', '01632 960001'], ['0003*210', '+441632960001']],
	['e164WithoutPlus', '210, 01632 960001', ['210', '441632960001']],
	['cleaned', '+44 (0)1632 960001', ['+441632960001']],
	['asEntered', ['+44 1632 960001'], ['+44 1632 960001']],
])('in format %s, %j is sent as %j: an extension stays', (numberFormat, source, sent) => {
	const call = callOf({ source }, { numberFormat, defaultCountry: 'GB' });
	expect(call.source).toEqual(sent);
	expect(voipNow.operations.originate.numbers(call)).toEqual([...sent, ...call.destination]);
});
