import { IPv4, IPv6, isValid, isValidCIDR, parse, parseCIDR } from 'ipaddr.js';

import { type Invalid, invalid } from '../wire/text/invalid';
import { toText } from '../wire/text/values';

/** Whether an IP address may send. */
export interface Allowed {
	readonly kind: 'allowed';
	has(address: string | undefined): boolean;
}

type Range = readonly [IPv4 | IPv6, number];

/**
 * Reads the option Allowed Addresses: IP addresses and ranges with commas between them. Without the option, every address
 * is allowed; an empty one is refused, because a limit must not fail open.
 */
export function readAllowed(option: unknown): Allowed | Invalid {
	if (option === undefined) return { kind: 'allowed', has: () => true };
	const entries = toText(option)
		.split(/[,\s]+/)
		.filter((entry) => entry !== '');
	if (entries.length === 0) {
		return invalid(
			'Allowed Addresses is empty. Enter at least one IP address, or remove the option.',
		);
	}
	const ranges: Range[] = [];
	for (const entry of entries) {
		const range = readRange(entry);
		if (range === undefined) {
			return invalid(
				`Allowed Addresses contains "${entry}". Enter IP addresses such as 203.0.113.7, or ranges such as 198.51.100.0/24.`,
			);
		}
		ranges.push(range);
	}
	return { kind: 'allowed', has: (address = '') => ranges.some((range) => isIn(address, range)) };
}

function readRange(entry: string): Range | undefined {
	const [address = ''] = entry.split('/', 1);
	// The library also takes "203.0.113" and "10", as old programs did.
	if (!address.includes(':') && !IPv4.isValidFourPartDecimal(address)) return undefined;
	if (isValidCIDR(entry)) return withoutMapping(...parseCIDR(entry));
	if (!isValid(entry)) return undefined;
	return single(entry);
}

function single(address: string): Range {
	const parsed = parse(address);
	return withoutMapping(parsed, parsed.kind() === 'ipv4' ? 32 : 128);
}

const mappingBits = 96;

/** ::ffff:203.0.113.7 is 203.0.113.7: a socket for both versions of IP shows its senders so. */
function withoutMapping(network: IPv4 | IPv6, bits: number): Range {
	return network instanceof IPv6 && network.isIPv4MappedAddress() && bits >= mappingBits
		? [network.toIPv4Address(), bits - mappingBits]
		: [network, bits];
}

/** Behind a reverse proxy, n8n takes the sender from X-Forwarded-For, where some proxies write its port, too. */
const withPort = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

function isIn(sent: string, [network, bits]: Range): boolean {
	const [, version4, version6] = withPort.exec(sent) ?? [];
	const address = version4 ?? version6 ?? sent;
	if (!isValid(address)) return false;
	const [sender] = single(address);
	return sender.kind() === network.kind() && sender.match(network, bits);
}
