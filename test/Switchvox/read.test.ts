import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import { isUnreadable } from '../../nodes/shared/wire/text/unreadable';
import { encode } from '../../nodes/Switchvox/originate/encode';
import { read } from '../../nodes/Switchvox/originate/read';
import { switchvox } from '../../nodes/Switchvox/vendor';
import { parseXml } from '../../nodes/shared/wire/text/xml';

const form = (values: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => ({
	accountType: 'admin',
	dialFirst: '101',
	dialSecond: '301',
	accountId: { __rl: true, mode: 'list', value: '1106' },
	variables: {},
	options,
	...values,
});
const invalid = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	return isInvalid(call) ? call.texts : [];
};
const parameters = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	const request = encode(call);
	if (isInvalid(request)) throw new Error(request.texts.join(' '));
	const root = parseXml(request.body ?? '');
	if (isUnreadable(root)) throw new Error(root.why);
	const [list] = root.children;
	return [
		root.attributes.method,
		...(list?.children ?? []).map(({ name, text }) => `${name}=${text}`),
	];
};

test('every argument of switchvox.call', () => {
	const variables = { variable: [{ name: 'balance', value: '450' }] };
	const options = {
		autoAnswer: true,
		callerIdName: 'AutoDialer',
		ignoreUserApiSettings: true,
		ignoreUserCallRules: false,
		timeout: 20,
		timeoutSecondCall: 120,
	};
	expect(parameters({ variables }, options)).toEqual([
		'switchvox.call',
		'dial_first=101',
		'dial_second=301',
		'dial_as_account_id=1106',
		'caller_id_name=AutoDialer',
		'variables=',
		'timeout=20',
		'timeout_second_call=120',
		'auto_answer=1',
		'ignore_user_api_settings=1',
		'ignore_user_call_rules=0',
	]);
});

test('an extension user sends only what switchvox.users.call accepts, whatever other options are set', () => {
	const options = { autoAnswer: true, timeoutSecondCall: 120, timeout: 0 };
	expect(parameters({ accountType: 'user' }, options)).toEqual([
		'switchvox.users.call',
		'account_id=1106',
		'dial_first=101',
		'dial_second=301',
		'timeout=0',
	]);
});

test.each([
	[
		'a caller ID name of 21 characters',
		{},
		{ callerIdName: 'x'.repeat(21) },
		/^Caller ID Name .*21 characters/,
	],
	['a timeout of 1000 seconds', {}, { timeout: 1000 }, /^Timeout \(Seconds\) is "1000"/],
	['an account that is not an ID', { accountId: 'x1106' }, {}, /^Account is "x1106"/],
	['no account', { accountId: { __rl: true, mode: 'list', value: '' } }, {}, /^Account is empty/],
	['another account type', { accountType: 'root' }, {}, /^Signed In As is "root"/],
	[
		'a variable without a name',
		{ variables: { variable: [{ value: 'x' }] } },
		{},
		/number 1 has no name/,
	],
	[
		'a variable with = in its name',
		{ variables: { variable: [{ name: 'a=b', value: 'x' }] } },
		{},
		/named "a=b". A name cannot contain =/,
	],
	[
		'a repeated variable',
		{
			variables: {
				variable: [
					{ name: 'a', value: '1' },
					{ name: 'a', value: '2' },
				],
			},
		},
		{},
		/number 2 is named "a" like an earlier one/,
	],
	[
		'a list as a value',
		{ variables: { variable: [{ name: 'a', value: [1] }] } },
		{},
		/number 1 has a list/,
	],
])('refuses %s', (_, values, options, why) => {
	expect(invalid(values, options)).toEqual([expect.stringMatching(why)]);
});

test('a caller ID name of 20 characters and a value with = are fine', () => {
	const variables = { variable: [{ name: 'a', value: 'b=c' }] };
	expect(invalid({ variables }, { callerIdName: 'ü'.repeat(20) })).toEqual([]);
});

test('markup in every text stays text', () => {
	const hostile = '</x><b a="1">';
	const call = read(
		form(
			{ variables: { variable: [{ name: hostile.replace('=', ''), value: hostile }] } },
			{ callerIdName: hostile },
		),
	);
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	const request = encode(call);
	if (isInvalid(request)) throw new Error(request.texts.join(' '));
	const root = parseXml(request.body ?? '');
	if (isUnreadable(root)) throw new Error(root.why);
	const texts = root.children[0]?.children.flatMap(({ text, children }) => [
		text,
		...children.map((inner) => inner.text),
	]);
	expect(texts).toContain(hostile);
	expect(texts).toContain(`${hostile.replace('=', '')}=${hostile}`);
});

test('a control character is named before anything is sent', () => {
	const call = read(form({}, { callerIdName: 'a\u0007b' }));
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	expect(encode(call)).toEqual({
		kind: 'invalid',
		texts: ['The value of caller_id_name contains the control character U+0007. Remove it.'],
	});
});

test.each([
	[undefined, 60],
	[10, 40],
	[999, 1029],
	[0, 1029],
])('with a ring time of %s seconds, the reply is awaited for %i seconds', (timeout, expected) => {
	const call = read(form({}, { timeout }));
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	expect(switchvox.operations.originate.replyTimeoutSeconds(call)).toBe(expected);
});
