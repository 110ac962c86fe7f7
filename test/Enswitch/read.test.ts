import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import { encode } from '../../nodes/Enswitch/originate/encode';
import { read } from '../../nodes/Enswitch/originate/read';
import { enswitch } from '../../nodes/Enswitch/vendor';
import { commonOptions } from '../../nodes/shared/form/fields';

const form = (values: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => ({
	stype: 'phone',
	snumber: { __rl: true, mode: 'list', value: '1234567' },
	ctype: 'number',
	cnumber: '12025550123',
	options,
	...values,
});
const callOf = (values: Record<string, unknown> = {}, options = {}) => {
	const call = read(form(values, options));
	if (isInvalid(call)) throw new Error(call.texts.join(' '));
	return call;
};
const invalid = (values: Record<string, unknown>, options = {}) => {
	const call = read(form(values, options));
	return isInvalid(call) ? call.texts : [];
};
const sent = (values: Record<string, unknown> = {}, options = {}) => [
	...new URLSearchParams(encode(callOf(values, options)).body),
];

test('an untouched form sends only the parties and their types', () => {
	expect(sent()).toEqual([
		['stype', 'phone'],
		['snumber', '1234567'],
		['ctype', ''],
		['cnumber', '12025550123'],
	]);
});

test('options that are added and left unchanged do what their labels say', () => {
	const [{ options = [] } = {}] = enswitch.operations.originate.fields.filter(
		({ name }) => name === 'options',
	);
	const common = new Set(commonOptions.map(({ name }) => name));
	const own = options.flatMap((option) =>
		'default' in option && !common.has(option.name) ? [option] : [],
	);
	const untouched = Object.fromEntries(own.map((option) => [option.name, option.default]));
	expect(invalid({}, untouched)).toEqual([
		'Wait (Seconds) is 10 and the delay is 60. Make Wait longer than the delay, or set it to 0 if you do not need the call ID.',
	]);
	untouched.wait = 90;
	const names = new Set(['stype', 'snumber', 'ctype', 'cnumber']);
	expect(Object.fromEntries(sent({}, untouched).filter(([name]) => !names.has(name)))).toEqual({
		...{ answer1: '1', answer2: '1', screen1: '1', screen2: '1', noforwards: '1' },
		...{ warn1: '1', warn2: '1', delay: '60', wait: '90' },
		// Its only value: adding the option chooses it.
		cdialplan: 'auto',
	});
});

test('a flag is sent as set', () => {
	expect(sent({}, { warn1: false, answer1: 'true', answer2: 0 }).slice(4)).toEqual([
		['answer1', '1'],
		['answer2', '0'],
		['warn1', '0'],
	]);
});

test.each([
	['a number as address books write it', 'number', '1 (202) 555-0123', '12025550123'],
	['a feature code', 'number', ' *98# ', '*98#'],
	['a telephone line', 'phone', ' front-desk ', 'front-desk'],
	['a telephone line as a number', 'phone', 1234567, '1234567'],
])('%s', (_, type, entered, expected) => {
	expect(callOf({ stype: type, snumber: entered }).snumber).toBe(expected);
	expect(callOf({ ctype: type, cnumber: entered }).cnumber).toBe(expected);
});

test('an empty expression for the second type leaves it out', () => {
	for (const ctype of ['', null, undefined]) {
		const names = sent({ ctype }).map(([name]) => name);
		expect(names).toEqual(['stype', 'snumber', 'cnumber']);
	}
});

test.each([
	['no first party', { snumber: '' }, {}, /^First Call To is empty/],
	['no second party', { cnumber: ' ' }, {}, /^Second Call To is empty/],
	['a name for a number', { cnumber: 'Bob' }, {}, /^Second Call To is "Bob", which cannot/],
	['an unknown first type', { stype: '' }, {}, /^First Call Type is ""\. Choose one of/],
	['an unknown second type', { ctype: 'queue' }, {}, /^Second Call Type is "queue"/],
	[
		"a line break in a line's name",
		{ snumber: '1\n2' },
		{},
		/^First Call To contains a line break/,
	],
	['a line break in a caller ID', {}, { callerid1: '1\r\n2' }, /^First Call: Caller ID contains/],
	['another dial plan', {}, { cdialplan: 'us' }, /^Second Call: Dial Plan is "us"/],
	['a customer that is not an ID', {}, { customer: 'ACME' }, /^Customer ID is "ACME"/],
	['half a second', {}, { delay: 0.5 }, /^Delay \(Seconds\) is "0.5"/],
	['a negative wait', {}, { wait: -1 }, /^Wait \(Seconds\) is "-1"/],
	['yes for a flag', {}, { warn2: 'yes' }, /^Second Call: Cutoff Warning is yes \(string\)/],
	['a list for a card', {}, { card: [1] }, /^Card is a list/],
	['a wait that ends with the delay', {}, { wait: 5, delay: 5 }, /^Wait \(Seconds\) is 5 and/],
])('refuses %s', (_, values, options, why) => {
	expect(invalid(values, options)).toEqual([expect.stringMatching(why)]);
});

test('a wait or a delay alone is fine', () => {
	for (const options of [{ wait: 5 }, { delay: 5 }, { wait: 0, delay: 5 }, { wait: 6, delay: 5 }]) {
		expect(invalid({}, options)).toEqual([]);
	}
});

test('characters that end or start a parameter stay inside the value', () => {
	const hostile = 'a&warn1=0;b=c%26d+e#f?g \u201Ch\u201D é 😀 </x>';
	const parameters = new Map(
		sent({ stype: 'phone', snumber: hostile }, { callerid1: hostile, card: hostile }),
	);
	expect([...parameters.keys()]).toEqual([
		...['stype', 'snumber', 'ctype', 'cnumber', 'card', 'callerid1'],
	]);
	for (const name of ['snumber', 'card', 'callerid1']) expect(parameters.get(name)).toBe(hostile);
});

test.each([
	[{}, 30],
	[{ wait: 5 }, 35],
	[{ delay: 86_400 }, 30],
	[{ delay: 60, wait: 65 }, 95],
])('%j waits %i seconds for the reply', (options, expected) => {
	expect(enswitch.operations.originate.replyTimeoutSeconds(callOf({}, options))).toBe(expected);
});

test('guards check numbers and lines; some lines are named by a number', () => {
	const parties = { snumber: '1234567', cnumber: '12025550123' };
	expect(
		enswitch.operations.originate.numbers({ stype: 'phone', ctype: 'number', ...parties }),
	).toEqual(['1234567', '12025550123']);
	const line = { stype: 'phone', ctype: 'phone', snumber: 'alice', cnumber: '7654321' } as const;
	expect(enswitch.operations.originate.numbers(line)).toEqual(['7654321']);
	expect(enswitch.operations.originate.lines?.(line)).toEqual(['alice']);
	expect(
		enswitch.operations.originate.lines?.({ ...line, stype: 'number', snumber: '1-900-CALLNOW' }),
	).toEqual([]);
});
