import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { HttpRequest, HttpResponse } from '../../nodes/shared/wire/reply/http.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import { projectFolder } from '../n8n/paths.mts';
import { hostileReplies, type HostileReply } from './hostile.mts';
import { median } from './statistics.mts';
import type { Row } from './table.mts';

/** The pure part of a vendor, as it is built. */
interface Originating {
	encode(call: object): HttpRequest | object;
	decode(response: HttpResponse, call: object): { readonly status: string };
}

interface Codec {
	readonly id: string;
	readonly displayName: string;
	readonly operations: { readonly originate: Originating };
}

export interface CodecOptions {
	readonly repeats: number;
	readonly callsInRepeat: number;
	readonly log: (line: string) => void;
}

const placed = ['answered', 'accepted', 'scheduled'];

/** Plain Node does not run the sources, whose imports have no extension. */
function builtModule(path: string): unknown {
	return createRequire(import.meta.url)(join(projectFolder, 'dist', 'nodes', path));
}

function builtVendors(): readonly Codec[] {
	return (builtModule('vendors.js') as { readonly vendors: readonly Codec[] }).vendors;
}

/** The longest reply that is read at all. */
function longestReply(): number {
	const limits = builtModule('shared/wire/limits.js') as { readonly maxReplyCharacters: number };
	return limits.maxReplyCharacters;
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
					vendor.operations.originate.encode(call);
					vendor.operations.originate.decode(response, call);
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

/** The slowest of all hostile replies, none of which a vendor may take for a placed call. */
export function measureHostile({ repeats, log }: CodecOptions): readonly Row[] {
	const replies = hostileReplies([longestReply(), 1_000_000]);
	return builtVendors().map((vendor) => {
		const once = replies.map((reply) => ({ reply, milliseconds: refusalTime(vendor, reply) }));
		// The slowest at first sight are looked at again.
		const slowest = once.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 5);
		const samples = slowest.map(({ reply }) => ({
			what: reply.what,
			values: Array.from({ length: repeats }, () => refusalTime(vendor, reply)),
		}));
		const [worst] = samples.sort((a, b) => median(b.values) - median(a.values));
		log(`${vendor.displayName}: the slowest hostile reply is ${worst?.what ?? 'none'}`);
		return {
			id: 'e',
			what: `Refusing a hostile reply of up to 1 MB: ${vendor.displayName}`,
			unit: 'ms',
			values: worst?.values ?? [],
			goal: { atMost: 50 },
		};
	});
}

function refusalTime(vendor: Codec, { what, response }: HostileReply): number {
	const call = fixturesOf(vendor.id)[0]?.call ?? {};
	const started = performance.now();
	const { status } = vendor.operations.originate.decode(response, call);
	const milliseconds = performance.now() - started;
	// For VoipNow, an empty answer is a right one.
	if (placed.includes(status) && response.body.trim() !== '') {
		throw new Error(`${vendor.id} took ${what} for ${status}`);
	}
	return milliseconds;
}
