/**
 * What the editor shows of a node before it ran is what it gives when it runs, key by key. The schemas are made here, from
 * the results that the vendors' exchanges lead to; with OUTPUT_SCHEMA=write in the environment (`pnpm schema`) they are
 * written, else compared.
 */
import { Ajv } from 'ajv';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { choices } from '../nodes/OriginateCall/fields.ts';
import { failed, type Outcome, skipReasons } from '../nodes/shared/calling/outcome.ts';
import { toJson } from '../nodes/shared/calling/result.ts';
import type { Parties, Vendor } from '../nodes/shared/calling/vendor.ts';
import { withWarnings } from '../nodes/shared/calling/warnings.ts';
import { isInvalid } from '../nodes/shared/wire/invalid.ts';
import { failureReasons } from '../nodes/shared/wire/reasons.ts';
import { fixturesOf, folderOf } from './fixtures/fixtures.mts';

type Json = Readonly<Record<string, unknown>>;

/** What is skipped, with everything that its details can have. */
const skipped: readonly Outcome[] = (
	[
		['destination_blocked', { number: '12025550123', entry: '+1202' }],
		['destination_not_allowed', { number: null }],
		['emergency_number', { number: '911' }],
		['outside_calling_hours', { clock: 'friday 20:15 in Europe/London' }],
		['max_calls', { maxCalls: 10 }],
		['duplicate', { onceKey: 'ticket 7', earlierOn: '2026-11-21', earlierStatus: 'accepted' }],
	] as const
).map(([reason, details]) => ({ status: 'skipped', reason, details }));

/** One result, as n8n stores it: what is undefined is gone. */
function jsonOf(
	vendor: Pick<Vendor, 'id'>,
	outcome: Outcome,
	parties: Partial<Parties> = {},
	includeResponse = false,
): Json {
	const json = toJson(vendor, {
		index: 0,
		parties,
		requestedAt: new Date(0).toISOString(),
		httpStatus: 200,
		includeResponse,
		includeInput: false,
		replayed: false,
		outcome,
	});
	return JSON.parse(JSON.stringify(json)) as Json;
}

/** Every result that the vendor's exchanges lead to, as a workflow gets it. */
function resultsOf(vendor: Vendor): readonly Json[] {
	const fixtures = fixturesOf(vendor.id);
	const decoded = fixtures.map(({ response, call }) => ({
		call,
		outcome: vendor.operations.originate.decode(response, call),
	}));
	const placed = fixtures.find(({ request }) => request !== undefined);
	if (placed === undefined) throw new Error('no exchange with a request');
	const request = vendor.operations.originate.encode(placed.call);
	if (isInvalid(request)) throw new Error(request.texts.join(' '));
	const { method, path, headers, body = '' } = request;
	const dry: Outcome = {
		status: 'skipped',
		reason: 'dry_run',
		details: {},
		request: { method, url: `https://pbx.example${path}`, headers, body },
	};
	const json = (outcome: Outcome, call?: object, includeResponse = false) =>
		jsonOf(
			vendor,
			outcome,
			call === undefined ? {} : vendor.operations.originate.parties(call),
			includeResponse,
		);
	const warned =
		vendor.operations.originate.wantsCountryCode === true
			? [withWarnings(dry, ['Look at it.'])]
			: [];
	return [
		...decoded.flatMap(({ outcome, call }) => [json(outcome, call), json(outcome, call, true)]),
		json(dry, placed.call),
		...warned.map((outcome) => json(outcome, placed.call)),
		...skipped.map((outcome) => json(outcome, placed.call)),
		json(failed('not_sent', 'invalid_input', 'Dial First is empty.', 'Correct it.')),
	];
}

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const exactly = (properties: Json, optional: readonly string[] = []) => ({
	type: 'object',
	properties,
	required: Object.keys(properties).filter((key) => !optional.includes(key)),
	additionalProperties: false,
});

/** The one source of all schemas. `statuses` are those that can come, `details` what is in them. */
function schemaFor(vendor: Json, statuses: readonly string[], details: Json): Json {
	const optional = ['request', 'response'];
	const schema = {
		vendor,
		status: { ...text, enum: statuses },
		reason: { ...textOrNull, enum: [...skipReasons, ...failureReasons, null] },
		message: text,
		callId: textOrNull,
		from: textOrNull,
		to: textOrNull,
		requestedAt: textOrNull,
		replayed: { type: 'boolean' },
		details,
		vendorErrors: {
			type: 'array',
			items: exactly({ code: textOrNull, message: text, parameter: text }, ['parameter']),
		},
		httpStatus: { type: ['number', 'null'] },
		request: exactly({
			method: text,
			url: text,
			headers: { type: 'object', properties: {}, additionalProperties: text },
			body: text,
		}),
		response: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] },
	};
	return exactly(schema, optional);
}

const allStatuses = [
	'answered',
	'accepted',
	'scheduled',
	'skipped',
	'not_sent',
	'not_connected',
	'refused',
	'unknown',
];

/** The schema of what is alike in some values: the types that there are, of lists and objects what is in them. */
function schemaOfAll(values: readonly unknown[]): Json {
	const typeOf = (value: unknown) =>
		value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
	const types = [...new Set(values.map(typeOf))].sort();
	const entries = values.filter(Array.isArray).flat() as readonly unknown[];
	const objects = values.filter((value) => typeOf(value) === 'object') as readonly Json[];
	return {
		type: types.length === 1 ? types[0] : types,
		...(types.includes('array') ? { items: schemaOfAll(entries) } : {}),
		...(types.includes('object') ? { properties: propertiesOf(objects) } : {}),
	};
}

function propertiesOf(objects: readonly Json[]): Json {
	const keys = [...new Set(objects.flatMap(Object.keys))];
	return Object.fromEntries(
		keys.map((key) => [
			key,
			schemaOfAll(objects.filter((one) => Object.hasOwn(one, key)).map((one) => one[key])),
		]),
	);
}

const detailsOf = (results: readonly Json[]) => results.map(({ details }) => details as Json);

function schemaOf(vendor: Vendor): Json {
	const results = resultsOf(vendor);
	const statuses = new Set(results.map(({ status }) => status));
	return schemaFor(
		{ ...text, const: vendor.id },
		allStatuses.filter((status) => statuses.has(status)),
		{ ...schemaOfAll(detailsOf(results)), additionalProperties: false },
	);
}

/** Of every vendor: what only one of them tells is let through, and not shown. */
function genericSchema(): Json {
	const shown = detailsOf(skipped.map((outcome) => jsonOf({ id: 'any' }, outcome)));
	return schemaFor(text, allStatuses, schemaOfAll(shown));
}

const files: readonly (readonly [string, Json])[] = [
	...choices.map((vendor) => [folderOf(vendor.id), schemaOf(vendor)] as const),
	['OriginateCall', genericSchema()],
];

test.each(files)(
	'the output schema of %s is as it is made here (else: pnpm schema)',
	(folder, schema) => {
		const file = `nodes/${folder}/__schema__/v1.0.0/call/originate.json`;
		if (process.env.OUTPUT_SCHEMA === 'write') {
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, `${JSON.stringify(schema, undefined, '\t')}\n`);
		}
		expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
	},
);

const without = (json: Json, key: string): Json =>
	Object.fromEntries(Object.entries(json).filter(([name]) => name !== key));

const ajv = new Ajv({
	strict: true,
	strictRequired: false,
	allowUnionTypes: true,
	allErrors: true,
});

describe.each(choices.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(_name, vendor) => {
		const results = resultsOf(vendor);
		const ownFits = ajv.compile(schemaOf(vendor));

		test.each([
			['its own', ownFits],
			['the generic', ajv.compile(genericSchema())],
		])('all its results fit the output schema of %s node', (_whose, fits) => {
			for (const result of results) {
				expect([result.status, fits(result), fits.errors]).toEqual([result.status, true, null]);
			}
		});

		test('every result has the same keys', () => {
			const optional = new Set(['request', 'response']);
			const shapes = results.map((result) =>
				Object.keys(result)
					.filter((key) => !optional.has(key))
					.join(),
			);
			expect(new Set(shapes).size).toBe(1);
		});

		test.each([
			['a key more', (result: Json) => ({ ...result, error: 'no' })],
			['a key less', (result: Json) => without(result, 'callId')],
			['a missing status', (result: Json) => ({ ...result, status: undefined })],
			['a reason of nobody', (result: Json) => ({ ...result, reason: 'because' })],
			['a number that became one', (result: Json) => ({ ...result, from: 101 })],
			['an unknown detail', (result: Json) => ({ ...result, details: { secret: '1' } })],
		])('%s does not fit', (_what, change) => {
			expect(results.some((result) => ownFits(change(result)))).toBe(false);
		});
	},
);
