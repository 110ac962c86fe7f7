/** What the editor shows of a node before it ran is what it gives when it runs, key by key. */
import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';
import { choices } from '../nodes/OriginateCall/fields.ts';
import { failed, isInvalid, type Outcome } from '../nodes/shared/call.ts';
import { toJson } from '../nodes/shared/result.ts';
import type { Vendor } from '../nodes/shared/vendor.ts';
import { fixturesOf, folderOf } from './fixtures/fixtures.mts';

type Json = Readonly<Record<string, unknown>>;

interface Schema {
	readonly properties: Json & {
		readonly details: { readonly properties: Json };
		readonly status: { readonly enum: readonly string[] };
		readonly reason: { readonly enum: readonly string[] };
	};
}

const ajv = new Ajv({
	strict: true,
	strictRequired: false,
	allowUnionTypes: true,
	allErrors: true,
});

function schemaOf(folder: string): { readonly schema: Schema; readonly fits: ValidateFunction } {
	const file = `nodes/${folder}/__schema__/v1.0.0/call/originate.json`;
	const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema & Json;
	return { schema, fits: ajv.compile(schema) };
}

/** What is skipped, with everything that its details can have. */
const skipped: readonly Outcome[] = (
	[
		['destination_blocked', { number: '12025550123', entry: '+1202' }],
		['destination_not_allowed', { number: null }],
		['outside_calling_hours', { clock: 'friday 20:15 in Europe/London' }],
		['max_calls', { maxCalls: 10 }],
		['duplicate', { onceKey: 'ticket 7', earlierStatus: 'accepted' }],
	] as const
).map(([reason, details]) => ({ status: 'skipped', reason, details }));

/** Every result that the vendor's exchanges lead to, as a workflow gets it. */
function resultsOf(vendor: Vendor): readonly Json[] {
	const fixtures = fixturesOf(vendor.id);
	const decoded = fixtures.map(({ response, call }) => ({
		call,
		outcome: vendor.decode(response, call),
	}));
	const placed = fixtures.find(({ request }) => request !== undefined);
	if (placed === undefined) throw new Error('no exchange with a request');
	const request = vendor.encode(placed.call);
	if (isInvalid(request)) throw new Error(request.invalid.join(' '));
	const { method, path, headers, body = '' } = request;
	const dry: Outcome = {
		status: 'skipped',
		reason: 'dry_run',
		details: {},
		request: { method, url: `https://pbx.example${path}`, headers, body },
	};
	const json = (outcome: Outcome, call?: object, includeResponse = false): Json =>
		// As n8n stores it: what is undefined is gone.
		JSON.parse(
			JSON.stringify(
				toJson(vendor, {
					index: 0,
					parties: call === undefined ? undefined : vendor.parties(call),
					requestedAt: new Date(0).toISOString(),
					includeResponse,
					replayed: false,
					outcome,
				}),
			),
		) as Json;
	return [
		...decoded.flatMap(({ outcome, call }) => [json(outcome, call), json(outcome, call, true)]),
		json(dry, placed.call),
		...skipped.map((outcome) => json(outcome, placed.call)),
		json(failed('not_sent', 'invalid_input', 'Item 0: Dial First is empty.', 'Correct it.')),
	];
}

const keysOf = (objects: readonly unknown[]) =>
	[...new Set(objects.flatMap((value) => Object.keys(Object(value) as object)))].sort();

describe.each(choices.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(_name, vendor) => {
		const results = resultsOf(vendor);
		const own = schemaOf(folderOf(vendor.id));

		test.each([
			['its own', own],
			['the generic', schemaOf('OriginateCall')],
		])('all its results fit the output schema of %s node', (_whose, { fits }) => {
			for (const result of results) {
				expect([result.status, fits(result), fits.errors]).toEqual([result.status, true, null]);
			}
		});

		test('its output schema shows every key that a result can have, and no other', () => {
			const { properties } = own.schema;
			expect(Object.keys(properties).sort()).toEqual(keysOf(results));
			expect(Object.keys(properties.details.properties).sort()).toEqual(
				keysOf(results.map(({ details }) => details)),
			);
			const statuses = new Set(results.map(({ status }) => status));
			expect([...properties.status.enum].sort()).toEqual([...statuses].sort());
		});

		test.each([
			['a key more', (result: Json) => ({ ...result, error: 'no' })],
			['a missing status', (result: Json) => ({ ...result, status: undefined })],
			['a number that became one', (result: Json) => ({ ...result, from: 101 })],
		])('%s does not fit', (_what, change) => {
			expect(results.some((result) => own.fits(change(result)))).toBe(false);
		});
	},
);
