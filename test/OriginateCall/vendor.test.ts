import { choices, fields } from '../../nodes/OriginateCall/fields';
import { genericVendor } from '../../nodes/OriginateCall/vendor';
import { isInvalid } from '../../nodes/shared/wire/text/invalid';

const vendorOf = genericVendor;
const parties = { from: '101', to: '301' };

test.each(['nobody', '', undefined])(
	'an unknown vendor %j is refused with a list of the known ones',
	(id) => {
		expect(genericVendor(id).operations.originate.read({ ...parties, options: {} })).toEqual({
			kind: 'invalid',
			texts: [
				`"${String(id)}" is not a known phone system. Choose one of: ${choices.map((choice) => choice.id).join(', ')}.`,
			],
		});
	},
);

describe('Switchvox', () => {
	const switchvox = vendorOf('switchvox');
	const own = { accountType: 'admin', accountId: { __rl: true, mode: 'id', value: '1106' } };

	test('the generic form becomes its own call', () => {
		const options = {
			ringTimeout: 20,
			variables: { variable: [{ name: 'balance', value: '450' }] },
			dryRun: true,
		};
		const call = switchvox.operations.originate.read({ ...parties, ...own, options });
		expect(call).toEqual({
			method: 'switchvox.call',
			dialFirst: '101',
			dialSecond: '301',
			accountId: '1106',
			timeoutSeconds: 20,
			variables: [{ name: 'balance', value: '450' }],
		});
	});

	test('faults are reported by the labels of the generic form', () => {
		const call = switchvox.operations.originate.read({
			...own,
			from: 'Bob',
			to: '',
			options: { ringTimeout: -1 },
		});
		expect(call).toEqual({
			kind: 'invalid',
			texts: [
				expect.stringMatching(/^Ring First is "Bob"/),
				expect.stringMatching(/^Then Connect To is empty/),
				expect.stringMatching(/^Ring Timeout \(Seconds\) is "-1"/),
			],
		});
	});

	test.each([
		['callerId', '12025550123', 'Caller ID', 'Asterisk, Enswitch, or VoipNow'],
		['delay', 60, 'Delay (Seconds)', 'Enswitch or IOVOX'],
	])('an unsupported %s is refused by name', (name, value, label, others) => {
		expect(
			switchvox.operations.originate.read({ ...parties, ...own, options: { [name]: value } }),
		).toEqual({
			kind: 'invalid',
			texts: [
				`${label} is not supported by Switchvox. Remove the option, or choose ${others} under Phone System.`,
			],
		});
	});

	test.each([{}, [], false, '0x78'])('an invalid delay is refused: %j', (delay) => {
		for (const id of ['enswitch', 'iovox']) {
			const own = { linkId: 'link123', from: '12025550101', to: '12025550123' };
			expect(vendorOf(id).operations.originate.read({ ...own, options: { delay } })).toHaveProperty(
				'kind',
				'invalid',
			);
		}
	});

	test('an option that was added and left empty is ignored', () => {
		const call = switchvox.operations.originate.read({
			...parties,
			...own,
			options: { callerId: '', variables: {} },
		});
		expect(isInvalid(call)).toBe(false);
	});
});

test.each([
	['enswitch', { snumber: '101', cnumber: '12025550123' }],
	['iovox', { callDestination: '12025550123' }],
	['switchvox', { dialFirst: '101', dialSecond: '12025550123' }],
	['voipNow', { source: ['101'], destination: ['12025550123'] }],
])('%s gets numbers in the chosen format', (id, expected) => {
	const options = { numberFormat: 'e164WithoutPlus', defaultCountry: 'US' };
	const own = { accountId: '1106', linkId: 'link123', userId: '@me', accountType: 'admin' };
	const call = vendorOf(id).operations.originate.read({
		from: '101',
		to: '(202) 555-0123',
		...own,
		options,
	});
	expect(call).toMatchObject(expected);
	expect(
		vendorOf(id).operations.originate.read({ from: '101', to: '202 555 012', ...own, options }),
	).toEqual({
		kind: 'invalid',
		texts: [expect.stringMatching(/^Then Connect To is "202555012", which has too few digits/)],
	});
});

test('every option is on the form of every vendor: n8n drops what a form does not show', () => {
	for (const option of fields.find(({ name }) => name === 'options')?.options ?? []) {
		expect([option.name, option]).toEqual([
			option.name,
			expect.not.objectContaining({ type: 'hidden' }),
		]);
		expect(option).not.toHaveProperty('displayOptions');
	}
});

describe.each(choices.map((vendor) => [vendor.displayName, vendor] as const))('%s', (_, vendor) => {
	const ownNames = vendor.operations.originate.fields.map(({ name }) => name);
	const options =
		vendor.operations.originate.fields.find(({ name }) => name === 'options')?.options ?? [];
	const optionNames = options.map(({ name }) => `options.${name}`);

	test('what the generic form becomes is on its own form', () => {
		for (const path of Object.values(vendor.operations.originate.generic.fields)) {
			expect([...ownNames, ...optionNames]).toContain(path);
		}
		for (const name of Object.keys(vendor.operations.originate.generic.constants ?? {}))
			expect(ownNames).toContain(name);
	});

	test('its own fields on the generic form are shown for it alone', () => {
		for (const name of vendor.operations.originate.generic.ownFields) {
			const shown = fields.filter((field) => field.name === name);
			expect(shown.map(({ displayOptions }) => displayOptions)).toContainEqual({
				show: { vendor: [vendor.id] },
			});
		}
	});
});
