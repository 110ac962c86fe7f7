import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import { isUnreadable } from '../../nodes/shared/wire/text/unreadable';
import { encode } from '../../nodes/Iovox/originate/encode';
import { read } from '../../nodes/Iovox/originate/read';
import { iovox } from '../../nodes/Iovox/vendor';
import { childrenNamed, parseXml } from '../../nodes/shared/wire/text/xml';

const form = (values: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => ({
	linkId: { __rl: true, mode: 'list', value: 'link123' },
	callDestination: '441632960001',
	specifyVariables: 'fields',
	callVariables: {},
	callVariablesJson: '',
	options,
	...values,
});
const invalid = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	return isInvalid(call) ? call.texts : [];
};
const valid = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	return call;
};
const sent = (values: Record<string, unknown>, options = {}) => {
	const request = encode(valid(values, options));
	if (isInvalid(request)) throw new Error(request.texts.join(' '));
	const root = parseXml(request.body ?? '');
	if (isUnreadable(root)) throw new Error(root.why);
	return childrenNamed(root, 'call_variables').flatMap(({ children }) =>
		children.map(({ name, text }) => `${name}=${text}`),
	);
};
const rows = (...variable: object[]) => ({ callVariables: { variable } });
const json = (callVariablesJson: unknown) => ({ specifyVariables: 'json', callVariablesJson });

describe('the destination', () => {
	test.each([
		['441632960001', '441632960001'],
		[441632960001, '441632960001'],
		[' 441632960001 ', '441632960001'],
		['+441632960001', '+441632960001'],
		['(+44) 1632-960.001', '+441632960001'],
		['+44 (0)1632 960001', '+441632960001'],
		['449789123123,1', '449789123123,1'],
		['449789123123,,1,,2', '449789123123,,1,,2'],
		['1 (202) 555-0101,,1#,*2,', '12025550101,,1#,*2,'],
		['*67441632960001', '*67441632960001'],
		['', undefined],
		[undefined, undefined],
	])('%j is sent as %j', (entered, expected) => {
		expect(valid({ callDestination: entered }).callDestination).toBe(expected);
	});

	test.each([
		['Bob', /^Call Destination is "Bob", which cannot be dialed/],
		['++441632960001', /cannot be dialed/],
		['44+1632960001', /cannot be dialed/],
		['441632960001;ext=5', /cannot be dialed/],
		['441632960001 x5', /cannot be dialed/],
		['٤٤١٦٣٢', /cannot be dialed/],
		[',1', /^Call Destination is ",1", which has no number/],
		['441632960001, 1', /whose keys cannot be pressed\. .*without spaces, such as ,,1,,2/],
		['441632960001,w1', /whose keys cannot be pressed/],
		['441632960001,+1', /whose keys cannot be pressed/],
		[['441632960001'], /^Call Destination is a list\. Enter a single value/],
	])('%j is refused', (entered, why) => {
		expect(invalid({ callDestination: entered })).toEqual([expect.stringMatching(why)]);
	});
});

describe('variables', () => {
	test('keep the order of the form, between destination and delay', () => {
		const variables = rows({ name: ' b ', value: 2 }, { name: 'a', value: ' x ' }, { name: 'c' });
		expect(sent(variables, { delay: 5 })).toEqual([
			'call_destination=441632960001',
			'b=2',
			'a=x',
			'c=',
			'delay=5',
		]);
		expect(valid(variables).variables[1]).toEqual({ name: 'a', value: ' x ' });
	});

	test.each([
		['text', '{ "b": "Bob", "a": 1234, "c": true, "d": null }'],
		['an object, from an expression', { b: 'Bob', a: 1234, c: true, d: null }],
	])('JSON: %s', (_, value) => {
		expect(sent(json(value)).slice(1)).toEqual(['b=Bob', 'a=1234', 'c=true', 'd=']);
	});

	test.each([[''], [' '], [undefined], [null], ['{}'], [{}]])('not JSON: %j', (value) => {
		expect(valid(json(value)).variables).toEqual([]);
	});

	test('only the chosen way counts, not values entered earlier', () => {
		const both = { ...rows({ name: 'not a name' }), callVariablesJson: '{"a":1}' };
		expect(sent({ ...both, specifyVariables: 'json' })).toContain('a=1');
		const other = { ...rows({ name: 'a', value: 1 }), callVariablesJson: 'not JSON' };
		expect(sent({ ...other, specifyVariables: 'fields' })).toContain('a=1');
	});

	test.each([['name'], ['_name'], ['Größe'], ['my-var.2'], ['xmlName'], ['名前']])(
		'%s is a name',
		(name) => {
			expect(sent(rows({ name, value: 'x' }))).toContain(`${name}=x`);
		},
	);

	test.each([
		['1st'],
		['-a'],
		['.a'],
		['a b'],
		['a:b'],
		['a/b'],
		['a>'],
		['<a'],
		['a&b'],
		['a="1"'],
		['?xml'],
		['#text'],
		['!--'],
		['a\u00d7b'],
	])('%s is not', (name) => {
		expect(invalid(rows({ name, value: 'x' }))).toEqual([
			expect.stringMatching(
				/^Call Variables has a variable that cannot be sent: number 1 is named/,
			),
		]);
		expect(invalid(json({ [name]: 'x' }))).toEqual([
			expect.stringMatching(/^Call Variables \(JSON\) has a variable that cannot be sent: "/),
		]);
	});

	test.each([
		['no name', rows({ value: 'x' }), /number 1 has no name/],
		[
			'a repeated name',
			rows({ name: 'a' }, { name: 'a' }),
			/number 2 is named "a" like an earlier one/,
		],
		[
			'the destination',
			rows({ name: 'call_destination', value: '1' }),
			/value in Call Destination/,
		],
		['the delay', rows({ name: 'delay', value: '1' }), /value in the option Delay/],
		['the delay in another case', rows({ name: 'Delay', value: '1' }), /value in the option Delay/],
		['the destination in JSON', json('{"call_destination":"1"}'), /value in Call Destination/],
		['the delay in JSON', json({ delay: 1 }), /value in the option Delay/],
		['a list', rows({ name: 'a', value: [1] }), /number 1 has a list or an object/],
		['an object in JSON', json('{"a":{"b":1}}'), /"a" has a list or an object/],
		[
			'a repeated name in JSON',
			json('{"a":1,"b":"a\\":","a":2}'),
			/has the variable "a" more than once/,
		],
		['the same name in another case', json('{"a":1,"\\u0061":2}'), /variable "a" more than once/],
		[
			'too many digits',
			json('{"a":12345678901234567890}'),
			/"a" has a number with too many digits/,
		],
		['not JSON', json('{a:1}'), /^Call Variables \(JSON\) is not JSON \(.*\)\. Enter an object/],
		['a number with a leading 0', json('{"a":007}'), /is not JSON/],
		['a list of JSON', json('["a"]'), /is not an object/],
		['a list', json(['a']), /is not an object/],
		['a number', json(7), /is not an object/],
		['a third way', { specifyVariables: 'xml' }, /^Specify Call Variables is "xml"/],
	])('refuses %s', (_, values, why) => {
		expect(invalid(values)).toEqual([expect.stringMatching(why)]);
	});

	test('a value that looks like a JSON member is not one', () => {
		expect(sent(json('{"a":"\\"a\\": 1","b":"a"}')).slice(1)).toEqual(['a="a": 1', 'b=a']);
	});
});

describe('the delay', () => {
	const delay = (value: unknown) => valid({}, { delay: value }).delayMinutes;
	test.each([
		[30, 30],
		['30', 30],
		[0, undefined],
		['', undefined],
		[undefined, undefined],
	])('%j is %j', (entered, minutes) => {
		expect(delay(entered)).toBe(minutes);
	});
	test.each([1.5, -1, '1 hour', 525_601])('%j is refused', (entered) => {
		expect(invalid({}, { delay: entered })).toEqual([
			expect.stringMatching(/^Delay \(Minutes\) is ".*"\. Enter a whole number from 0 to 525600/),
		]);
	});
});

test('a link alone is enough', () => {
	expect(read({ linkId: 'link123' })).toEqual({ linkId: 'link123', variables: [] });
});

test('a link is required, and all faults are reported at once', () => {
	expect(invalid({ linkId: '', callDestination: 'x', ...rows({}) }, { delay: 'x' })).toHaveLength(
		4,
	);
	expect(valid({ linkId: ' link 1 ' }).linkId).toBe('link 1');
});

test('markup in every text stays text', () => {
	const hostile = '</x><b a="1">&amp;]]>';
	const call = valid({ linkId: hostile, ...rows({ name: 'a', value: hostile }) });
	const request = encode(call);
	if (isInvalid(request)) throw new Error(request.texts.join(' '));
	const root = parseXml(request.body ?? '');
	if (isUnreadable(root)) throw new Error(root.why);
	const [link, variables] = root.children;
	expect(link?.text).toBe(hostile);
	expect(variables?.children.map(({ name, text }) => [name, text])).toEqual([
		['call_destination', '441632960001'],
		['a', hostile],
	]);
});

test('a control character is named before anything is sent', () => {
	expect(encode(valid(rows({ name: 'a', value: 'x\u0007' })))).toEqual({
		kind: 'invalid',
		texts: ['The value of a contains the control character U+0007. Remove it.'],
	});
});

test.each([
	['e164WithoutPlus', '01632 960001,,1,,2', '441632960001,,1,,2'],
	['e164', '01632 960001', '+441632960001'],
	['national', '+44 1632 960001,5', '01632960001,5'],
	['asEntered', '+44 (0)1632 960001,5', '+44 (0)1632 960001,5'],
	['cleaned', '+44 (0)1632 960001,5', '+441632960001,5'],
])('in format %s, %s is sent as %s: the keys after it stay', (numberFormat, entered, sent) => {
	const call = valid({ callDestination: entered }, { numberFormat, defaultCountry: 'GB' });
	expect(call.callDestination).toBe(sent);
});

test('guards check the number only', () => {
	const numbersOf = (callDestination?: string) =>
		iovox.operations.originate.numbers({ linkId: 'link123', callDestination, variables: [] });
	expect(numbersOf('441632960001,,1,,2')).toEqual(['441632960001']);
	expect(numbersOf()).toEqual([null]);
});
