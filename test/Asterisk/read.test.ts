import { asterisk } from '../../nodes/Asterisk/vendor';
import { read } from '../../nodes/Asterisk/originate/read';
import { genericVendor } from '../../nodes/OriginateCall/vendor';
import { readItemOptions } from '../../nodes/shared/calling/options';
import { checkDestinations, rungBy } from '../../nodes/shared/calling/limits/guards';
import { isInvalid } from '../../nodes/shared/wire/text/invalid';

const form = { endpoint: 'PJSIP/101', extension: '301', context: 'from-internal' };

function callOf(changes: object) {
	const call = read({ ...form, ...changes }, {}, 'fresh');
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	return call;
}

test('each call has an ID of its own, made before it is sent', () => {
	const [one, another] = [read(form), read(form)];
	if (isInvalid(one) || isInvalid(another)) throw new Error('invalid');
	expect(one.callId).toMatch(/^[0-9a-f-]{36}$/);
	expect(another.callId).not.toBe(one.callId);
	expect(callOf({ options: { callId: ' ticket-4711 ' } }).callId).toBe('ticket-4711');
});

test.each([
	['PJSIP/101', 'PJSIP/101', ['101', '301'], []],
	[' PJSIP/101 ', 'PJSIP/101', ['101', '301'], []],
	['101', 'Local/101@from-internal/n', ['101', '301'], []],
	['(202) 555-0101', 'Local/2025550101@from-internal/n', ['2025550101', '301'], []],
	['Local/102@other', 'Local/102@other', ['102', '301'], []],
	['local/102@other', 'local/102@other', ['102', '301'], []],
	['PJSIP/12025550123@trunk', 'PJSIP/12025550123@trunk', ['12025550123', '301'], []],
	['DAHDI/g1/w12025550123', 'DAHDI/g1/w12025550123', ['12025550123', '301'], []],
	['PJSIP/reception', 'PJSIP/reception', ['301'], ['reception']],
	[
		'PJSIP/trunk/sip:12025550123@192.0.2.1:5060',
		'PJSIP/trunk/sip:12025550123@192.0.2.1:5060',
		['12025550123', '301'],
		['PJSIP/trunk/sip:12025550123@192.0.2.1:5060'],
	],
])('%s rings %s', (entered, endpoint, numbers, lines) => {
	const call = callOf({ endpoint: entered });
	expect(call.endpoint).toBe(endpoint);
	expect(rungBy(asterisk.operations.originate, call)).toEqual({ numbers, lines });
});

test.each(
	[
		[
			'PJSIP/101&PJSIP/102',
			'PJSIP/101,20',
			'PJSIP/${X}',
			'PJSIP/a b',
			'/101',
			'PJSIP/',
			'PJSIP/a\nb',
		],
	].flat(),
)('the endpoint %j is refused: it could ring somebody else', (endpoint) => {
	expect(read({ ...form, endpoint })).toMatchObject({
		texts: [expect.stringMatching(/^Endpoint is .*Enter a technology/s)],
	});
});

test.each(['101&PJSIP/102', '101,20', '101@x', '${X}', '101/n', '101;x'])(
	'the number %j is refused, also to the letter',
	(number) => {
		const options = { numberFormat: 'asEntered' };
		expect(isInvalid(read({ ...form, extension: number, options }))).toBe(true);
		expect(isInvalid(read({ ...form, endpoint: number, options }))).toBe(true);
	},
);

test('what Asterisk would cut off is refused', () => {
	const long = '1'.repeat(80);
	for (const changes of [{ extension: long }, { endpoint: long }, { endpoint: `PJSIP/${long}` }]) {
		expect(isInvalid(read({ ...form, ...changes }))).toBe(true);
	}
	expect(isInvalid(read({ ...form, endpoint: `PJSIP/${'1'.repeat(79)}` }))).toBe(false);
});

test('a dialplan’s extension with a name is dialed to the letter', () => {
	const call = callOf({ extension: 'sales', options: { numberFormat: 'asEntered' } });
	expect(rungBy(asterisk.operations.originate, call)).toEqual({
		numbers: ['101'],
		lines: ['sales'],
	});
});

test.each([
	[{ context: 'a b' }, /^Context is "a b". Enter the name/],
	[{ context: 'x'.repeat(80) }, /^Context is "x+". Enter the name/],
	[{ options: { callId: 'a/b' } }, /^Channel ID is "a\/b". Use up to 128/],
	[{ options: { callId: 'a;2' } }, /^Channel ID is "a;2". Use up to 128/],
	[{ options: { callerId: 'a\r\nb' } }, /^Caller ID contains a line break/],
	[{ options: { timeout: 0 } }, /^Timeout \(Seconds\) is "0". Enter a whole number from 1/],
	[{ options: { priority: 'x' } }, /^Priority is "x"/],
	[{ variables: { variable: [{ name: '', value: 'a' }] } }, /number 1 has no name/],
	[{ variables: { variable: [{ name: 'a b', value: 'a' }] } }, /named "a b". Use letters/],
	[{ variables: { variable: [{ name: 'a', value: ['b'] }] } }, /has a list or an object/],
	[{ variables: { variable: [{ name: 'a' }, { name: 'a' }] } }, /like an earlier one/],
	[{ variables: { variable: [{ name: 'a', value: 1e20 }] } }, /too many digits/],
])('%j is refused', (changes, says) => {
	expect(read({ ...form, ...changes })).toEqual({
		kind: 'invalid',
		texts: [expect.stringMatching(says)],
	});
});

test('an empty context is that of FreePBX', () => {
	expect(callOf({ context: '' }).context).toBe('from-internal');
	expect(callOf({ context: undefined }).context).toBe('from-internal');
});

test('the generic form rings a number through the dialplan of its context', () => {
	const call = genericVendor('asterisk').operations.originate.read({
		from: '101',
		to: '301',
		context: 'office',
	});
	expect(call).toMatchObject({
		endpoint: 'Local/101@office/n',
		extension: '301',
		context: 'office',
	});
});

test('a phone at any address is on no list of allowed numbers, and blocked by its number', () => {
	const call = callOf({ endpoint: 'PJSIP/trunk/sip:101@192.0.2.1' });
	const check = (options: object) => {
		const read = readItemOptions({ ...options }, 'UTC', undefined);
		if (isInvalid(read)) throw new Error(read.texts.join(' '));
		return checkDestinations(rungBy(asterisk.operations.originate, call), read.guards)?.reason;
	};
	expect(check({ allowedDestinations: ['101', '301'] })).toBe('destination_not_allowed');
	expect(check({ blockedDestinations: ['101'] })).toBe('destination_blocked');
});
