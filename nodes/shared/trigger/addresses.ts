import { parse, parseCIDR, process as plain, isValid, type IPv4, type IPv6 } from 'ipaddr.js';

import { type Invalid, invalid } from '../wire/invalid';

/** Whether an IP address may send. */
export interface Allowed {
	readonly kind: 'allowed';
	has(address: string | undefined): boolean;
}

type Range = readonly [IPv4 | IPv6, number];

/** Reads IP addresses and ranges with commas between them; without any, every address is allowed. */
export function readAllowed(entered: string): Allowed | Invalid {
	const ranges: Range[] = [];
	const entries = entered.split(/[,\s]+/).filter((entry) => entry !== '');
	for (const entry of entries) {
		const range = readRange(entry);
		if (range === undefined) {
			return invalid(
				`Allowed Addresses has "${entry}". Enter IP addresses such as 203.0.113.7, or ranges such as 198.51.100.0/24.`,
			);
		}
		ranges.push(range);
	}
	return {
		kind: 'allowed',
		has: (address = '') => ranges.length === 0 || ranges.some((range) => isIn(address, range)),
	};
}

function readRange(entry: string): Range | undefined {
	try {
		if (entry.includes('/')) return parseCIDR(entry);
		const address = parse(entry);
		return [address, address.kind() === 'ipv4' ? 32 : 128];
	} catch {
		return undefined;
	}
}

function isIn(address: string, [network, bits]: Range): boolean {
	if (!isValid(address)) return false;
	// A socket for both versions of IP shows an IPv4 address as ::ffff:203.0.113.7.
	const sender = plain(address);
	return sender.kind() === network.kind() && sender.match(network, bits);
}
