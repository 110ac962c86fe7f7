/**
 * Before a node has run, the editor shows exactly the keys that its results have. The schemas are made here, from the
 * results of the vendors' exchanges; with OUTPUT_SCHEMA=write in the environment (`pnpm schema`) they are written,
 * otherwise compared.
 */
import { Ajv } from 'ajv';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { choices } from '../nodes/OriginateCall/fields.ts';
import type { Followed, Sighting } from '../nodes/shared/calling/contract/callState.ts';
import {
	failed,
	isFailed,
	type Outcome,
	type Placed,
	type Result,
	type Skipped,
	type SkipReason,
	skipReasons,
} from '../nodes/shared/calling/contract/outcome.ts';
import type { CallEvent } from '../nodes/shared/calling/contract/events.ts';
import { callJson, toJson } from '../nodes/shared/calling/report/result.ts';
import type { Operations, Parties, Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { withWarnings } from '../nodes/shared/calling/report/warnings.ts';
import { eventJson } from '../nodes/shared/trigger/item.ts';
import { isInvalid } from '../nodes/shared/wire/text/invalid.ts';
import { failureReasons } from '../nodes/shared/wire/reply/reasons.ts';
import type { JsonObject } from '../nodes/shared/wire/text/json.ts';
import { callEventsOf, conversationsOf, fixturesOf, folderOf } from './fixtures/fixtures.mts';

type Json = Readonly<Record<string, unknown>>;

/** All that the details of a skipped call can have, for each reason; a dry run has its request instead. */
const skippedDetails: Readonly<Record<Exclude<SkipReason, 'dry_run'>, Skipped['details']>> = {
	destination_blocked: { number: '12025550123', entry: '+1202' },
	destination_not_allowed: { number: null },
	emergency_number: { number: '911' },
	outside_calling_hours: { clock: 'friday 20:15 in Europe/London' },
	max_calls: { maxCalls: 10 },
	duplicate: { onceKey: 'ticket 7', earlierOn: '2026-11-21', earlierStatus: 'accepted' },
};

const skipped: readonly Outcome[] = Object.entries(skippedDetails).map(([reason, details]) => ({
	status: 'skipped',
	reason: reason as SkipReason,
	details,
}));

/** One result as n8n stores it, without undefined values. */
function jsonOf(
	vendor: Pick<Vendor, 'id'>,
	outcome: Result,
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

/** The calls that the vendor's conversations show. */
function sightingsOf({ id }: Pick<Vendor, 'id'>): readonly Sighting[] {
	return conversationsOf(id, 'get').flatMap(({ found }) => {
		if (found?.kind === 'call') return [found.call];
		return found?.kind === 'several' ? found.candidates : [];
	});
}

/** Every way in which a call can be shown: each on its own, none, several, and one that could not be followed. */
function followedOf(vendor: Vendor): readonly Followed[] {
	const sightings = sightingsOf(vendor);
	const seen = (call: Sighting | undefined, candidates: readonly Sighting[] = []): Followed => ({
		kind: 'followed',
		call,
		candidates,
		timedOut: false,
		checkedAt: new Date(0).toISOString(),
	});
	const lost = sightings.slice(0, 1).map((call) => ({ ...call, details: { notFollowed: 'Why.' } }));
	return [
		seen(undefined),
		seen(undefined, sightings),
		...[...sightings, ...lost].map((call) => seen(call)),
	];
}

/** What following a call adds to the results of placing it. */
function followedResults(vendor: Vendor, placed: Placed, json: (outcome: Outcome) => Json) {
	if (vendor.operations.get === undefined) return [];
	const sightings = sightingsOf(vendor);
	const unknown = failed('unknown', 'timed_out', 'No reply came.', 'Check it.', {
		details: { candidates: sightings.map(callJson) },
	});
	const followed = followedOf(vendor);
	return [
		json(unknown),
		...followed.map((call) => json({ ...placed, call })),
		...followed.flatMap(({ call }) =>
			call === undefined
				? []
				: [json({ ...placed, details: { ...call.details, foundBy: call.matchedBy } })],
		),
	];
}

/** Every result of the vendor's exchanges, as a workflow gets it. */
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
	const [example] = decoded.flatMap(({ outcome }) =>
		isFailed(outcome) || outcome.status === 'skipped' ? [] : [outcome],
	);
	if (example === undefined) throw new Error('no exchange that places a call');
	const tags = fixtures.flatMap(({ call }) => {
		const { details } = vendor.operations.originate.tag?.(call) ?? {};
		return details === undefined ? [] : [{ ...example, details }];
	});
	const warned =
		vendor.operations.originate.wantsCountryCode === true
			? [withWarnings(dry, ['Look at it.'])]
			: [];
	return [
		...decoded.flatMap(({ outcome, call }) => [json(outcome, call), json(outcome, call, true)]),
		json(dry, placed.call),
		...warned.map((outcome) => json(outcome, placed.call)),
		...tags.map((outcome) => json(outcome, placed.call)),
		...followedResults(vendor, example, (outcome) => json(outcome, placed.call)),
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

/** The schema of a call's result, with the statuses that are possible. */
function schemaFor(
	vendor: Json,
	statuses: readonly string[],
	details: Json,
	call: Json | undefined,
): Json {
	const optional = ['request', 'response', 'call'];
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
		...(call === undefined ? {} : { call }),
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

const everyStatus: Readonly<Record<Outcome['status'], true>> = {
	answered: true,
	accepted: true,
	scheduled: true,
	skipped: true,
	not_sent: true,
	not_connected: true,
	refused: true,
	unknown: true,
};
const allStatuses = Object.keys(everyStatus);

/** The schema that fits all of some values: their types, and the contents of lists and objects. */
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

/** Of no result: an object that can have anything. */
const detailsOf = (results: readonly Json[]) =>
	results.length === 0 ? [{}] : results.map(({ details }) => details as Json);

function schemaOf(vendor: Vendor): Json {
	const results = resultsOf(vendor);
	const statuses = new Set(results.map(({ status }) => status));
	return schemaFor(
		{ ...text, const: vendor.id },
		allStatuses.filter((status) => statuses.has(status)),
		{ ...schemaOfAll(detailsOf(results)), additionalProperties: false },
		vendor.operations.get === undefined ? undefined : stateSchema(statesOf(vendor)),
	);
}

const numberOrNull = { type: ['number', 'null'] };
const flagOrNull = { type: ['boolean', 'null'] };
const oneOf = (...values: readonly (string | null)[]) => ({ ...textOrNull, enum: values });

/** The schema of a call state. `vendor` is undefined where it is a part of the result of placing the call. */
function stateSchema(states: readonly Json[], vendor?: Json, isStrict = true): Json {
	const details = schemaOfAll(detailsOf(states));
	const schema = {
		...(vendor === undefined ? {} : { vendor }),
		callId: textOrNull,
		from: textOrNull,
		to: textOrNull,
		state: oneOf(
			...['scheduled', 'ringing_first', 'ringing_second', 'connected', 'ended', 'not_found'],
			'unknown',
		),
		answeredByFirst: flagOrNull,
		answeredBySecond: flagOrNull,
		disposition: oneOf('answered', 'busy', 'no_answer', 'failed', 'canceled', null),
		startedAt: textOrNull,
		answeredAt: textOrNull,
		endedAt: textOrNull,
		talkSeconds: numberOrNull,
		recording: textOrNull,
		seenIn: oneOf('reply', 'live', 'record', null),
		matchedBy: oneOf('id', 'tag', 'numbers', null),
		timedOut: { type: 'boolean' },
		checkedAt: text,
		message: text,
		details: isStrict ? { ...details, additionalProperties: false } : details,
		...(vendor === undefined
			? {}
			: { response: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] } }),
	};
	return exactly(schema, ['response']);
}

/** Every result of Get. */
function statesOf(vendor: Vendor): readonly Json[] {
	return followedOf(vendor).map((seen) => jsonOf(vendor, { status: 'seen', seen }));
}

function endingsOf(vendor: Vendor): readonly Json[] {
	return conversationsOf(vendor.id, 'hangUp').flatMap(({ ending }) =>
		ending?.kind === 'ending' ? [jsonOf(vendor, ending.outcome)] : [],
	);
}

function endingSchema(endings: readonly Json[], vendor: Json, isStrict: boolean): Json {
	const details = schemaOfAll(detailsOf(endings));
	const schema = {
		vendor,
		status: { ...text, enum: ['hung_up', 'not_found'] },
		reason: { type: 'null' },
		message: text,
		callId: textOrNull,
		from: textOrNull,
		to: textOrNull,
		details: isStrict ? { ...details, additionalProperties: false } : details,
		requestedAt: textOrNull,
		replayed: { type: 'boolean' },
		vendorErrors: { type: 'array', items: {} },
		httpStatus: numberOrNull,
		response: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] },
	};
	return exactly(schema, ['response']);
}

/** Every item of a vendor's trigger. */
function itemsOf({ id, events }: Vendor): readonly Json[] {
	if (events === undefined) return [];
	const remembered: JsonObject = events.kind === 'pushed' ? { talkSeconds: 1, late: true } : {};
	return callEventsOf(id).flatMap((event) => {
		const known: CallEvent = { ...event, details: { ...event.details, ...remembered } };
		return [event, known].flatMap((one) =>
			[false, true].map(
				(includeResponse) => eventJson(id, one, new Date(0).toISOString(), includeResponse) as Json,
			),
		);
	});
}

function eventSchema(vendor: Vendor): Json {
	const schema = {
		vendor: { ...text, const: vendor.id },
		event: { ...text, enum: vendor.events?.names ?? [] },
		callId: textOrNull,
		legId: textOrNull,
		from: textOrNull,
		to: textOrNull,
		direction: oneOf('in', 'out', 'internal', null),
		disposition: oneOf('answered', 'busy', 'no_answer', 'failed', 'canceled', null),
		at: textOrNull,
		receivedAt: text,
		details: { ...schemaOfAll(detailsOf(itemsOf(vendor))), additionalProperties: false },
		response: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] },
	};
	return exactly(schema, ['response']);
}

/** For every vendor: details of a single one are allowed, and not shown. */
function genericSchema(): Json {
	const shown = detailsOf(skipped.map((outcome) => jsonOf({ id: 'any' }, outcome)));
	const states = choices.flatMap((vendor) =>
		vendor.operations.get === undefined ? [] : statesOf(vendor),
	);
	return schemaFor(text, allStatuses, schemaOfAll(shown), stateSchema(states, undefined, false));
}

/** How the schema of each operation is made: an operation that is added has to be added here. */
const schemas: Readonly<
	Record<keyof Operations, { of: (vendor: Vendor) => Json; generic: () => Json }>
> = {
	originate: { of: schemaOf, generic: genericSchema },
	get: {
		of: (vendor) => stateSchema(statesOf(vendor), { ...text, const: vendor.id }),
		generic: () => stateSchema([], text, false),
	},
	hangUp: {
		of: (vendor) => endingSchema(endingsOf(vendor), { ...text, const: vendor.id }, true),
		generic: () => endingSchema([], text, false),
	},
};

const operationsOf = ({ operations }: Pick<Vendor, 'operations'>) =>
	Object.keys(operations) as (keyof Operations)[];

const files: readonly (readonly [string, Json])[] = [
	...choices.flatMap((vendor) =>
		operationsOf(vendor).map(
			(operation) =>
				[fileOf(folderOf(vendor.id), operation), schemas[operation].of(vendor)] as const,
		),
	),
	...choices.flatMap((vendor) =>
		vendor.events === undefined
			? []
			: [[`nodes/${folderOf(vendor.id)}/__schema__/v1.0.0.json`, eventSchema(vendor)] as const],
	),
	...[...new Set(choices.flatMap(operationsOf))].map(
		(operation) => [fileOf('OriginateCall', operation), schemas[operation].generic()] as const,
	),
];

/** Where n8n's editor looks for it: by version, resource and operation. */
function fileOf(folder: string, operation: string): string {
	return `nodes/${folder}/__schema__/v1.0.0/call/${operation}.json`;
}

test.each(files)('%s is up to date (if not: pnpm schema)', (file, schema) => {
	if (process.env.OUTPUT_SCHEMA === 'write') {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, `${JSON.stringify(schema, undefined, '\t')}\n`);
	}
	expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
});

test('there is no other schema', () => {
	const found = globSync('nodes/*/__schema__/**/*.json');
	expect(found.sort()).toEqual(files.map(([file]) => file).sort());
});

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
		])('all its results fit the schema of %s node', (_whose, fits) => {
			for (const result of results) {
				expect([result.status, fits(result), fits.errors]).toEqual([result.status, true, null]);
			}
		});

		test('all items of its trigger fit the schema of its trigger', () => {
			if (vendor.events === undefined) return;
			const fits = ajv.compile(eventSchema(vendor));
			const items = itemsOf(vendor);
			expect(items).not.toEqual([]);
			for (const item of items)
				expect([item.event, fits(item), fits.errors]).toEqual([item.event, true, null]);
		});

		test('every result has the same keys', () => {
			const optional = new Set(['request', 'response', 'call']);
			const shapes = results.map((result) =>
				Object.keys(result)
					.filter((key) => !optional.has(key))
					.join(),
			);
			expect(new Set(shapes).size).toBe(1);
		});

		test('all results of the other operations fit the schemas of its own and of the generic node', () => {
			const { get, hangUp } = vendor.operations;
			const others = [
				...(get === undefined ? [] : [[schemas.get, statesOf(vendor)] as const]),
				...(hangUp === undefined ? [] : [[schemas.hangUp, endingsOf(vendor)] as const]),
			];
			for (const [schema, all] of others) {
				for (const fits of [ajv.compile(schema.of(vendor)), ajv.compile(schema.generic())]) {
					for (const result of all) expect([fits(result), fits.errors]).toEqual([true, null]);
				}
			}
		});

		test.each([
			['an extra key', (result: Json) => ({ ...result, error: 'no' })],
			['a missing key', (result: Json) => without(result, 'callId')],
			['a missing status', (result: Json) => ({ ...result, status: undefined })],
			['an unknown reason', (result: Json) => ({ ...result, reason: 'because' })],
			['a number in place of a text', (result: Json) => ({ ...result, from: 101 })],
			['an unknown detail', (result: Json) => ({ ...result, details: { secret: '1' } })],
		])('%s does not fit', (_what, change) => {
			expect(results.some((result) => ownFits(change(result)))).toBe(false);
		});
	},
);
