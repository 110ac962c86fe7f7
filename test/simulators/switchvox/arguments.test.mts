import { attributesOf, errorsIn } from '../client.mts';
import type { Reply } from '../client.mts';
import { defaultAccounts } from '../switchvox.mts';
import { callXml, fromTo, requestXml, setUp, xmlHeaders } from './testing.mts';
import type { Setup } from './testing.mts';

const { user } = defaultAccounts;
let setup: Setup;

beforeAll(async () => {
	setup = await setUp();
});
beforeEach(() => {
	setup.pbx.reset();
});
afterAll(() => setup.close());

function errorsOfRefused(reply: Reply): string[] {
	expect(reply.status).toBe(200);
	expect(setup.pbx.rings).toEqual([]);
	expect(setup.pbx.calls).toEqual([]);
	return errorsIn(reply);
}

const asAccount = '<dial_as_account_id>1106</dial_as_account_id>';
const ownAccount = '<account_id>1106</account_id>';

describe('switchvox.call refuses', () => {
	const numberError = (name: string) =>
		`54222 Invalid phone number or extension for parameter ${name}. Number must only contain digits,*,or #.`;

	test.each([
		['no parameters', '', ['dial_first', 'dial_second', 'dial_as_account_id'].map(missing)],
		['no account', fromTo, [missing('dial_as_account_id')]],
		['an empty account', `${fromTo}<dial_as_account_id/>`, [missing('dial_as_account_id')]],
		[
			'an empty number',
			callWith('<dial_first/>', '<dial_second>1</dial_second>'),
			[missing('dial_first')],
		],
		['a plus sign', dial('+12025550143', '301'), [numberError('dial_first')]],
		['spaces', dial('101', '202 555 0143'), [numberError('dial_second')]],
		['a space around a number', dial(' 101', '301'), [numberError('dial_first')]],
		['digits of another script', dial('101', '٣٠١'), [numberError('dial_second')]],
		['letters', dial('abc', 'def'), [numberError('dial_second'), numberError('dial_first')]],
	])('%s', async (_, parameters, expected) => {
		expect(errorsOfRefused(await setup.post(requestXml('switchvox.call', parameters)))).toEqual(
			expected,
		);
	});

	test.each([
		[
			'an account that is not a number',
			'101a',
			'10014 Invalid account_id (101a). Account_ids may only contain digits.',
		],
		['an extension in place of an account', '101', '84711 That account_id is invalid.'],
		['an unknown account', '999999', '84711 That account_id is invalid.'],
	])('%s', async (_, accountId, error) => {
		const parameters = `${fromTo}<dial_as_account_id>${accountId}</dial_as_account_id>`;
		expect(errorsOfRefused(await setup.post(requestXml('switchvox.call', parameters)))).toEqual([
			error,
		]);
	});

	test.each([
		['an unknown parameter', '<dial_third>1</dial_third>', '99005'],
		["the other method's account parameter", ownAccount, '99005'],
		['a parameter in another case', '<Timeout>1</Timeout>', '99005'],
		['a repeated parameter', '<dial_first>101</dial_first>', '99006'],
		['a repeated list', '<variables/><variables/>', '99006'],
		['a long caller ID name', '<caller_id_name>123456789012345678901</caller_id_name>', '99008'],
		['a timeout of 1000', '<timeout>1000</timeout>', '99007'],
		['a negative timeout', '<timeout>-1</timeout>', '99007'],
		['a timeout with a fraction', '<timeout>1.5</timeout>', '99007'],
		['an empty timeout', '<timeout/>', '99007'],
		['a second timeout of 1000', '<timeout_second_call>1000</timeout_second_call>', '99007'],
		['a boolean in words', '<ignore_user_api_settings>true</ignore_user_api_settings>', '99007'],
		['a boolean of 2', '<ignore_user_call_rules>2</ignore_user_call_rules>', '99007'],
		['an empty boolean', '<auto_answer/>', '99007'],
		['a variable without =', '<variables><variable>balance</variable></variables>', '99009'],
		['a variable without a name', '<variables><variable>=1</variable></variables>', '99009'],
		['an empty variable', '<variables><variable/></variables>', '99009'],
		['a variable outside a list', '<variable>balance=1</variable>', '99005'],
		['text in place of variables', '<variables>balance=1</variables>', '99003'],
		['other elements among variables', '<variables><var>balance=1</var></variables>', '99003'],
		['elements in a plain parameter', '<timeout><s>1</s></timeout>', '99003'],
		['an attribute of a parameter', '<timeout unit="s">1</timeout>', '99003'],
	])('%s', async (_, more, code) => {
		const errors = errorsOfRefused(await setup.post(callXml(more)));
		expect(errors).toEqual([expect.stringMatching(`^${code} `)]);
	});

	test('all invalid values at once', async () => {
		const more = '<timeout>x</timeout><auto_answer>x</auto_answer>';
		expect(errorsOfRefused(await setup.post(callXml(more)))).toHaveLength(2);
	});
});

function missing(name: string): string {
	return `10011 Missing required parameter (${name})`;
}

function callWith(...parameters: string[]): string {
	return [...parameters, asAccount].join('');
}

function dial(first: string, second: string): string {
	return callWith(`<dial_first>${first}</dial_first>`, `<dial_second>${second}</dial_second>`);
}

describe('switchvox.call accepts', () => {
	test('every parameter', async () => {
		const reply = await setup.post(
			callXml(`<caller_id_name>Tom &amp; Ünal 890123456</caller_id_name><timeout>999</timeout>
				<timeout_second_call>0</timeout_second_call><auto_answer>0</auto_answer>
				<ignore_user_api_settings>0</ignore_user_api_settings>
				<ignore_user_call_rules>1</ignore_user_call_rules><variables/>`),
		);
		expect(errorsIn(reply)).toEqual([]);
		expect(setup.pbx.calls).toEqual([
			expect.objectContaining({ callerIdName: 'Tom & Ünal 890123456', timeoutSeconds: 999 }),
		]);
	});

	test('* and # in numbers', async () => {
		const reply = await setup.post(requestXml('switchvox.call', dial('*67101', '301#')));
		expect(attributesOf(reply, 'call_info')).toEqual([
			{ dialed_first: '*67101', dialed_second: '301#' },
		]);
	});

	test('variables with further = and with markup in the value', async () => {
		const variables =
			'<variables><variable>balance=a=b</variable><variable>language=&lt;d&amp;e&gt;</variable></variables>';
		await setup.post(callXml(variables));
		expect(setup.pbx.calls[0]?.variables).toEqual([
			{ name: 'balance', value: 'a=b' },
			{ name: 'language', value: '<d&e>' },
		]);
	});
});

describe('IVR variables in the reply', () => {
	const variables =
		'<variables><variable>nobody=1</variable><variable>language=de</variable></variables>';
	const reported = async (first: string, second: string) => {
		const request = requestXml('switchvox.call', dial(first, second) + variables);
		return attributesOf(await setup.post(request), 'ivr_variable');
	};
	const language = [{ id: '4', name: 'language', status: 'exists' }];

	test('those that are defined, if a party is an IVR', async () => {
		expect(await reported('101', '800')).toEqual(language);
		expect(await reported('800', '101')).toEqual(language);
	});

	test('none between phones', async () => {
		expect(await reported('101', '301')).toEqual([]);
	});
});

describe('rewritten numbers', () => {
	const dialed = async (first: string, second: string, account = '1106', more = '') => {
		const parameters = `<dial_first>${first}</dial_first><dial_second>${second}</dial_second>
			<dial_as_account_id>${account}</dial_as_account_id>${more}`;
		const reply = await setup.post(requestXml('switchvox.call', parameters));
		return Object.values(attributesOf(reply, 'call_info')[0] ?? {});
	};

	test('account 1106 puts a 9 before 10 and 11 digits only', async () => {
		expect(await dialed('2025550143', '12025550143')).toEqual(['92025550143', '912025550143']);
		expect(await dialed('202555014', '120255501430')).toEqual(['202555014', '120255501430']);
		expect(await dialed('202555014#', '301')).toEqual(['202555014#', '301']);
	});

	test('another account does not', async () => {
		expect(await dialed('2025550143', '301', '1110')).toEqual(['2025550143', '301']);
	});

	test('nor with ignore_user_api_settings', async () => {
		const more = '<ignore_user_api_settings>1</ignore_user_api_settings>';
		expect(await dialed('2025550143', '12025550143', '1106', more)).toEqual([
			'2025550143',
			'12025550143',
		]);
	});

	test('805 forwards to 800; ignore_user_call_rules is for the first party', async () => {
		const more = '<ignore_user_call_rules>1</ignore_user_call_rules>';
		expect(await dialed('805', '101')).toEqual(['800', '101']);
		expect(await dialed('805', '101', '1106', more)).toEqual(['805', '101']);
		expect(await dialed('101', '805', '1106', more)).toEqual(['101', '800']);
	});
});

describe('switchvox.users.call', () => {
	const usersCall = (parameters: string) =>
		setup.post(requestXml('switchvox.users.call', parameters), user);

	test.each([
		['no account', fromTo, '66939 Missing the account_id parameter.'],
		['an account that is not a number', `${fromTo}<account_id>x</account_id>`, '10014 '],
		['an unknown account', `${fromTo}<account_id>999999</account_id>`, '84711 '],
		["someone else's account", `${fromTo}<account_id>1110</account_id>`, '27168 '],
		["the administrator's parameter", fromTo + ownAccount + asAccount, '99005 '],
		[
			'timeout_second_call',
			`${fromTo}${ownAccount}<timeout_second_call>1</timeout_second_call>`,
			'99005 ',
		],
		['auto_answer', `${fromTo}${ownAccount}<auto_answer>1</auto_answer>`, '99005 '],
		[
			'an invalid number',
			`<dial_first>x</dial_first><dial_second>1</dial_second>${ownAccount}`,
			'54222 ',
		],
		['no second number', `<dial_first>1</dial_first>${ownAccount}`, missing('dial_second')],
	])('refuses %s', async (_, parameters, error) => {
		const errors = errorsOfRefused(await usersCall(parameters));
		expect(errors).toEqual([expect.stringContaining(error)]);
		expect(errors[0]?.indexOf(error)).toBe(0);
	});

	test('answers 41591 like switchvox.call', async () => {
		setup.pbx.setParty('101', 'never');
		expect(errorsIn(await usersCall(fromTo + ownAccount))).toEqual([
			'41591 Your call failed to connect (Originate failed).',
		]);
	});

	test('can be set to need no account_id', async () => {
		const lenient = await setUp({ accountIdOptional: true });
		try {
			const reply = await lenient.post(requestXml('switchvox.users.call', fromTo), user);
			expect(errorsIn(reply)).toEqual([]);
			expect(lenient.pbx.calls[0]?.accountId).toBe('1106');
		} finally {
			await lenient.close();
		}
	});
});

describe('the envelope', () => {
	const errorsOf = async (body: string | Buffer) =>
		errorsOfRefused(await setup.send({ body, headers: xmlHeaders(defaultAccounts.admin) }));

	test.each([
		['an empty body', '', '99001 request XML was empty'],
		['whitespace', ' \n', '99001 request XML was empty'],
		['JSON', '{"request":{"method":"switchvox.call"}}', '99002 '],
		['an open element', '<request method="switchvox.call">', '99002 '],
		['a document type', `<!DOCTYPE request>${callXml()}`, '99002 '],
		['a bare ampersand', callXml('<caller_id_name>Tom & Ann</caller_id_name>'), '99002 '],
		['two requests', callXml() + callXml(), '99002 '],
		[
			'another encoding',
			Buffer.from(callXml('<caller_id_name>ü</caller_id_name>'), 'latin1'),
			'99002 ',
		],
		['another root', '<call method="switchvox.call"/>', '99003 '],
		['no method', '<request><parameters/></request>', '99003 '],
		['an empty method', '<request method=""/>', '99003 '],
		['an unknown attribute', '<request method="switchvox.call" id="1"/>', '99003 '],
		[
			'parameters outside <parameters>',
			`<request method="switchvox.call">${fromTo}</request>`,
			'99003 ',
		],
		['another element', '<request method="switchvox.call"><params/></request>', '99003 '],
		['text among parameters', callXml('101'), '99003 '],
		[
			'an unknown method',
			requestXml('switchvox.dial', fromTo),
			'99004 Unknown method (switchvox.dial).',
		],
		['a method in another case', callXml().replace('switchvox.call', 'Switchvox.Call'), '99004 '],
		['the misprint of the documentation', requestXml('switchvox.extension.search', ''), '99004 '],
	])('refuses %s', async (_, body, error) => {
		const errors = await errorsOf(body);
		expect(errors).toEqual([expect.stringContaining(error)]);
		expect(errors[0]?.indexOf(error)).toBe(0);
	});

	test('accepts a declaration, a byte order mark and CDATA', async () => {
		const name = '<caller_id_name><![CDATA[Tom & Ann]]></caller_id_name>';
		const body = `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${callXml(name)}`;
		expect(errorsIn(await setup.post(body))).toEqual([]);
		expect(setup.pbx.rings[0]?.callerIdName).toBe('Tom & Ann');
	});

	test('echoes transaction_id and repeats the method', async () => {
		const body = callXml().replace('<request ', '<request transaction_id="a&quot;b" version="1" ');
		expect(attributesOf(await setup.post(body), 'response')).toEqual([
			{ method: 'switchvox.call', transaction_id: 'a"b' },
		]);
	});

	test('escapes what it repeats', async () => {
		const more = '<a.b>&lt;</a.b>';
		const accountId = '<dial_as_account_id>&lt;"&amp;</dial_as_account_id>';
		expect(errorsIn(await setup.post(callXml(more)))).toEqual(['99005 Unknown parameter (a.b).']);
		const reply = await setup.post(requestXml('switchvox.call', fromTo + accountId));
		expect(errorsIn(reply)).toEqual([
			'10014 Invalid account_id (<"&). Account_ids may only contain digits.',
		]);
	});
});
