import { readAllowed } from '../../../nodes/shared/trigger/addresses';
import { isInvalid } from '../../../nodes/shared/wire/text/invalid';

function allows(option: unknown, address: string | undefined): boolean {
	const allowed = readAllowed(option);
	if (isInvalid(allowed)) throw new Error(allowed.texts.join(' '));
	return allowed.has(address);
}

test('without the option, everybody may send', () => {
	expect(allows(undefined, '203.0.113.7')).toBe(true);
	expect(allows(undefined, undefined)).toBe(true);
});

test.each(['', ' , ', null, {}, []])('an empty option is refused: %j', (option) => {
	expect(readAllowed(option)).toEqual({
		kind: 'invalid',
		texts: ['Allowed Addresses is empty. Enter at least one IP address, or remove the option.'],
	});
});

test.each<[string, string, boolean]>([
	['203.0.113.7', '203.0.113.7', true],
	['203.0.113.7', '203.0.113.70', false],
	['203.0.113.7', '::ffff:203.0.113.7', true],
	['203.0.113.7', '::ffff:cb00:7107', true],
	['::ffff:203.0.113.7', '203.0.113.7', true],
	['203.0.113.7', '2001:db8::cb00:7107', false],
	['198.51.100.7, 203.0.113.7', '203.0.113.7', true],
	['198.51.100.7\n203.0.113.7 ', '198.51.100.7', true],
	['198.51.100.0/24', '198.51.100.255', true],
	['198.51.100.77/24', '198.51.100.1', true],
	['198.51.100.0/24', '198.51.101.0', false],
	['198.51.100.0/24', '::ffff:198.51.100.9', true],
	['::ffff:198.51.100.0/120', '198.51.100.9', true],
	['::ffff:198.51.100.0/120', '198.51.101.9', false],
	['0.0.0.0/0', '203.0.113.7', true],
	['0.0.0.0/0', '2001:db8::1', false],
	['::/0', '2001:db8::1', true],
	['::/0', '203.0.113.7', false],
	['2001:db8::/32', '2001:db8:1::1', true],
	['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', true],
	['2001:db8::1', '2001:db8::2', false],
	['::1', '127.0.0.1', false],
	// Some reverse proxies add the port of the sender.
	['203.0.113.7', '203.0.113.7:51234', true],
	['203.0.113.7', '203.0.113.8:51234', false],
	['2001:db8::1', '[2001:db8::1]:51234', true],
	['2001:db8::1', '[2001:db8::1]', true],
	['2001:db8::1', '2001:db8::1:51234', false],
])('%s and the sender %s: %s', (option, address, expected) => {
	expect(allows(option, address)).toBe(expected);
});

test.each([undefined, '', 'localhost', '203.0.113', '203.0.113.7, 203.0.113.8', 'unknown'])(
	'a sender without an address that can be read is not allowed: %j',
	(address) => {
		expect(allows('203.0.113.0/24', address)).toBe(false);
	},
);

test.each([
	'203.0.113',
	'203.0.113.256',
	'203.0.113.07',
	'10',
	'0x7f.0.0.1',
	'203.0.113.0/33',
	'203.0.113.0/',
	'203.0.113.0/24/8',
	'203.0.113/24',
	'203.0.113.0-203.0.113.9',
	'203.0.113.*',
	'2001:db8::/129',
	'2001:db8',
	'pbx.example',
	'*',
])('"%s" is refused and named', (entry) => {
	expect(readAllowed(`198.51.100.1, ${entry}`)).toEqual({
		kind: 'invalid',
		texts: [expect.stringContaining(`Allowed Addresses contains "${entry}".`)],
	});
});
