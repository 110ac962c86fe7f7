/**
 * Many damaged replies: reading one never throws, and never reports a placed call without the proof that the
 * vendor's document names.
 */
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { exchange } from '../nodes/shared/wire/exchange/exchange.ts';
import type { HttpResponse } from '../nodes/shared/wire/reply/http.ts';
import { converse } from '../nodes/shared/wire/exchange/conversation.ts';
import { vendors } from '../nodes/vendors.ts';
import { fixturesOf, folderOf } from './fixtures/fixtures.mts';

/** What a test knows of a vendor's documents, in `proof.mts` beside its other tests. */
interface Proof {
	proves(response: HttpResponse): boolean;
	/** Replies to the questions for the form's lists. */
	readonly listReplies: readonly string[];
}

// The same replies each time, so that a failure can be repeated; another FUZZ_SEED makes others.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

const placed = new Set(['answered', 'accepted', 'scheduled']);
const outcomes = new Set([...placed, 'refused', 'not_connected', 'not_sent', 'unknown']);

type Mutation = (response: HttpResponse) => HttpResponse;

const onBody =
	(change: (body: string) => string): Mutation =>
	(response) => ({ ...response, body: change(response.body) });

/** A place in a text, as a part of its length, so that it fits any text. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, part: number) => Math.floor(part * text.length);

const oddTexts = [
	'',
	' ',
	'\0',
	'\uFEFF',
	'\uD800',
	'"',
	"'",
	'<',
	'>',
	'/>',
	'</',
	'<!--',
	'-->',
	']]>',
	'<![CDATA[',
	'&',
	'&amp;',
	'&#x0;',
	'&#99999999;',
	'{',
	'}',
	'[',
	']',
	',',
	':',
	'...',
	'…',
	'“',
	'null',
	'true',
	'NaN',
	'-1',
	'1e400',
	'9'.repeat(400),
	'__proto__',
	'constructor',
	'<!DOCTYPE a [<!ENTITY b "c">]>',
	'<error code="41591" message="No."/>',
	'"code":"403",',
	'200',
	'201',
	'204',
] as const;

const codes = [
	'200',
	'201',
	'204',
	'400',
	'401',
	'402',
	'403',
	'404',
	'500',
	'41591',
	'27168',
	'4711',
	'0',
	'',
	'OK',
];

/** Tags, keys and codes of markup and JSON, each to be changed alone. */
const nameIn = /(<\/?|")([A-Za-z_][\w-]*)/g;
const codeIn = /\b\d{3,5}\b/g;
const elementIn = /<([A-Za-z_][\w-]*)\b[^>]*(?:\/>|>[^]*?<\/\1>)/g;
const memberIn = /"[^"]*"\s*:\s*(?:"[^"]*"|-?[\d.]+|true|false|null)\s*,?/g;

/** Changes one of the matches of a pattern. */
function changeOne(body: string, pattern: RegExp, part: number, change: (found: string) => string) {
	const found = [...body.matchAll(pattern)];
	const match = found[Math.floor(part * found.length)];
	if (match === undefined) return body;
	const { index } = match;
	return body.slice(0, index) + change(match[0]) + body.slice(index + match[0].length);
}

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
	fc.tuple(place, fc.nat({ max: 255 })).map(([part, byte]) =>
		onBody((body) => {
			const bytes = Buffer.from(body);
			if (bytes.length > 0) bytes[Math.min(at(body, part), bytes.length - 1)] = byte;
			return bytes.toString('utf8');
		}),
	),
	place.map((part) => onBody((body) => body.slice(0, at(body, part)))),
	place.map((part) => onBody((body) => body.slice(at(body, part)))),
	fc
		.tuple(place, place)
		.map(([a, b]) =>
			onBody(
				(body) => body.slice(0, at(body, Math.min(a, b))) + body.slice(at(body, Math.max(a, b))),
			),
		),
	fc
		.tuple(place, place)
		.map(([a, b]) =>
			onBody(
				(body) => body.slice(0, at(body, Math.max(a, b))) + body.slice(at(body, Math.min(a, b))),
			),
		),
	fc
		.tuple(place, fc.constantFrom(...oddTexts))
		.map(([part, text]) =>
			onBody((body) => body.slice(0, at(body, part)) + text + body.slice(at(body, part))),
		),
	place.map((part) => onBody((body) => changeOne(body, nameIn, part, (name) => `${name}x`))),
	fc
		.tuple(
			place,
			fc.constantFrom(
				'response',
				'result',
				'call_info',
				'errors',
				'error',
				'responses',
				'code',
				'id',
				'data',
			),
		)
		.map(([part, name]) =>
			onBody((body) => changeOne(body, nameIn, part, (found) => found.replace(/[\w-]+$/, name))),
		),
	fc
		.tuple(place, fc.constantFrom(...codes, '9'.repeat(400), '1e400'))
		.map(([part, code]) => onBody((body) => changeOne(body, codeIn, part, () => code))),
	...[elementIn, memberIn].flatMap((pattern) =>
		['', 'twice'].map((how) =>
			place.map((part) =>
				onBody((body) => changeOne(body, pattern, part, (found) => (how ? found + found : ''))),
			),
		),
	),
	fc
		.tuple(
			fc.constantFrom('<a>', '<response>', '[', '{"a":', '{"responses":', '('),
			fc.nat({ max: 3000 }),
		)
		.map(([text, depth]) => onBody((body) => text.repeat(depth) + body)),
	fc
		.constantFrom<BufferEncoding>('latin1', 'utf16le')
		.map((encoding) => onBody((body) => Buffer.from(body, encoding).toString('utf8'))),
	fc
		.constantFrom<BufferEncoding>('latin1', 'utf16le')
		.map((encoding) => onBody((body) => Buffer.from(body, 'utf8').toString(encoding))),
	fc.constantFrom(...allBodies()).map((other) => onBody(() => other)),
	fc.constantFrom(...allBodies()).map((other) => onBody((body) => body + other)),
	fc
		.constantFrom(
			100,
			200,
			201,
			202,
			203,
			204,
			206,
			299,
			301,
			302,
			400,
			401,
			403,
			404,
			409,
			429,
			500,
			503,
			599,
		)
		.map(
			(status): Mutation =>
				(response) => ({ ...response, status }),
		),
	fc.constantFrom('text/html', 'text/xml; charset=utf-16', 'application/json', '').map(
		(type): Mutation =>
			(response) => ({ ...response, headers: { 'content-type': type } }),
	),
);

function allBodies(): readonly string[] {
	return vendors.flatMap(({ id }) => fixturesOf(id).map(({ response }) => response.body));
}

const severalMutations = fc.array(mutations, { minLength: 1, maxLength: 3 });

function mutate(response: HttpResponse, changes: readonly Mutation[]): HttpResponse {
	return changes.reduce((changed, change) => change(changed), response);
}

async function proofOf({ id }: Vendor): Promise<Proof | undefined> {
	const file = join(import.meta.dirname, folderOf(id), 'proof.mts');
	return existsSync(file) ? ((await import(file)) as Proof) : undefined;
}

describe.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(_name, vendor) => {
		const fixtures = fixturesOf(vendor.id);
		let proof: Proof | undefined;

		beforeAll(async () => {
			proof = await proofOf(vendor);
		});

		test('every documented reply that tells of a call holds the proof, and no other does', () => {
			for (const { name, response, outcome } of fixtures) {
				const holds = proof?.proves(response) ?? placed.has(outcome.status);
				expect([name, holds]).toEqual([name, placed.has(outcome.status)]);
			}
		});

		test('a damaged reply never throws, and never tells of a call without the proof', () => {
			const replies = fc.tuple(fc.constantFrom(...fixtures), severalMutations);
			const check = fc.property(replies, ([{ response, call }, changes]) => {
				const damaged = mutate(response, changes);
				const { status } = vendor.operations.originate.decode(damaged, call);
				if (!outcomes.has(status)) throw new Error(`There is no outcome ${status}`);
				if (placed.has(status) && proof?.proves(damaged) === false) {
					throw new Error(`${status} without proof: ${JSON.stringify(damaged)}`);
				}
			});
			fc.assert(check, { numRuns: 3000 });
		});

		test('a damaged reply to a list gives a list, or says why there is none', async () => {
			const seeds = (proof?.listReplies ?? fixtures.map(({ response }) => response.body)).map(
				(body): HttpResponse => ({ status: 200, headers: {}, body }),
			);
			for (const search of Object.values(vendor.lists ?? {})) {
				const check = fc.asyncProperty(
					fc.constantFrom(...seeds),
					severalMutations,
					async (seed, changes) => {
						const damaged = mutate(seed, changes);
						const query = { filter: '', page: undefined, parameter: () => undefined };
						const list = await converse(search(query), () => Promise.resolve(damaged));
						if (list.kind !== 'page') return;
						for (const { name, value } of list.items) {
							expect([typeof name, typeof value]).toEqual(['string', 'string']);
						}
					},
				);
				await fc.assert(check, { numRuns: 1500 });
			}
		});
	},
);

describe('whatever an HTTP client gives', () => {
	const request = { method: 'POST', path: '/', headers: {} } as const;
	const sending = { vendorName: 'Tiny', baseUrl: 'https://pbx.example', timeoutSeconds: 5 };
	const codesBeforeSending = ['ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'];
	const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
	const errors = fc.oneof(
		anything,
		fc.record(
			{
				code: fc.oneof(anything, fc.constantFrom('ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE')),
				syscall: fc.constantFrom('read', 'write', undefined),
				response: anything,
				cause: anything,
				message: anything,
			},
			{ requiredKeys: [] },
		),
	);

	test('an error of any kind is explained, and only known codes are taken for "not sent"', async () => {
		const tokenUrls = fc.constantFrom(undefined, 'https://pbx.example/token');
		const check = fc.asyncProperty(errors, tokenUrls, async (error, tokenUrl) => {
			const to = { ...sending, tokenUrl };
			const reply = await exchange(() => Promise.reject(error as Error), request, to);
			const known = codesBeforeSending.some((code) => JSON.stringify(reply).includes(code));
			if ('what' in reply && !known) expect(reply.status).toBe('unknown');
		});
		await fc.assert(check, { numRuns: 2000 });
	});

	test('a response of any kind is narrowed, or explained', async () => {
		const responses = fc.oneof(
			anything,
			fc.record({ statusCode: fc.oneof(fc.nat(), anything), headers: anything, body: anything }),
		);
		const check = fc.asyncProperty(responses, async (response) => {
			const reply = await exchange(() => Promise.resolve(response), request, sending);
			if ('what' in reply) expect(reply.status).toBe('unknown');
			else expect(typeof reply.body).toBe('string');
		});
		await fc.assert(check, { numRuns: 2000 });
	});
});
