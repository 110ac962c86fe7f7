import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { HttpRequest, HttpResponse } from '../../nodes/shared/call.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import { projectFolder } from '../n8n/paths.mts';
import { hostileReplies } from './hostile.mts';
import { median } from './statistics.mts';
import type { Row } from './table.mts';

/** The pure part of a vendor, as it is built. */
interface Codec {
	readonly id: string;
	readonly displayName: string;
	encode(call: object): HttpRequest | object;
	decode(response: HttpResponse, call: object): { readonly status: string };
}

export interface CodecOptions {
	readonly repeats: number;
	readonly callsInRepeat: number;
	readonly log: (line: string) => void;
}

const placed = ['answered', 'accepted', 'scheduled'];

/** Plain Node does not run the sources, whose imports have no extension. */
function builtVendors(): readonly Codec[] {
	const load = createRequire(import.meta.url);
	const built = load(join(projectFolder, 'dist', 'nodes', 'vendors.js')) as { vendors: Codec[] };
	return built.vendors;
}

/** Every documented call that the vendor takes: written, and its answer read. */
export function measureCodecs(options: CodecOptions): readonly Row[] {
	return builtVendors().map((vendor) => {
		const exchanges = fixturesOf(vendor.id).filter(
			({ request, outcome }) => request !== undefined && placed.includes(outcome.status),
		);
		const rounds = Math.ceil(options.callsInRepeat / exchanges.length);
		const repeat = () => {
			const started = performance.now();
			for (let round = 0; round < rounds; round++) {
				for (const { call, response } of exchanges) {
					vendor.encode(call);
					vendor.decode(response, call);
				}
			}
			return ((performance.now() - started) * 1000) / (rounds * exchanges.length);
		};
		repeat();
		return {
			id: 'e',
			what: `Writing a call and reading its answer: ${vendor.displayName}`,
			unit: 'µs',
			values: Array.from({ length: options.repeats }, repeat),
		};
	});
}

/** The slowest of all hostile replies, which no vendor may take for a placed call. */
export function measureHostile({ repeats, log }: CodecOptions): readonly Row[] {
	return builtVendors().map((vendor) => {
		const [exchange] = fixturesOf(vendor.id);
		if (exchange === undefined) throw new Error(`${vendor.id} has no exchange`);
		let worst: { readonly what: string; readonly values: readonly number[] } | undefined;
		for (const { what, response } of hostileReplies()) {
			const values = Array.from({ length: repeats }, () => {
				const started = performance.now();
				const { status } = vendor.decode(response, exchange.call);
				const milliseconds = performance.now() - started;
				if (placed.includes(status)) throw new Error(`${vendor.id} took ${what} for ${status}`);
				return milliseconds;
			});
			if (worst === undefined || median(values) > median(worst.values)) worst = { what, values };
		}
		log(`${vendor.displayName}: the slowest hostile reply is ${worst?.what ?? 'none'}`);
		return {
			id: 'e',
			what: `Refusing 1 MB of hostile reply, the slowest kind: ${vendor.displayName}`,
			unit: 'ms',
			values: worst?.values ?? [],
			goal: { atMost: 50 },
		};
	});
}
