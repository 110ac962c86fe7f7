/** The index of the lists holds back exactly what a search entry by entry held back. */
import assert from 'node:assert/strict';

import fc from 'fast-check';

import { checkDestinations } from '../../../../nodes/shared/calling/limits/guards.ts';
import { listMemory } from '../../../../nodes/shared/calling/limits/listMemory.ts';
import { readItemOptions } from '../../../../nodes/shared/calling/options.ts';
import { cleanNumber, toDialed } from '../../../../nodes/shared/form/number.ts';
import type { Country } from '../../../../nodes/shared/form/phoneNumber.ts';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid.ts';
import { checkFormerly } from './formerLists.mts';

// The same lists each time, so that a failure can be repeated; another FUZZ_SEED makes others.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

/** A few, so that numbers match entries; with the country code, without +. */
const known = [
	'12025550123',
	'12025550187',
	'19005550123',
	'441632960123',
	'441632960001',
	'390612345678',
	'6561234567',
	'0003210',
	'4425550123',
];

const separator = fc.constantFrom('', '', '', ' ', '-', '.', '(0)');

/** A known number as people, CRMs and phone systems write it. */
const spelled = fc
	.record({
		number: fc.constantFrom(...known),
		cut: fc.nat({ max: 4 }),
		before: fc.constantFrom(
			'',
			'',
			'+',
			'+',
			'00',
			'011',
			'0',
			'9',
			'9011',
			'*67',
			'#31#',
			'*67*',
			'(+',
		),
		after: fc.constantFrom('', '', '', '*', '**', '#', '9', '01'),
		length: fc.nat({ max: 14 }),
		isCutShort: fc.boolean(),
		separator,
		at: fc.nat({ max: 12 }),
	})
	.map(({ number, cut, before, after, length, isCutShort, separator: mark, at }) => {
		const rest = number.slice(cut === 4 ? 0 : cut);
		const digits = isCutShort ? rest.slice(0, length) : rest;
		return `${before}${digits.slice(0, at)}${mark}${digits.slice(at)}${after}`;
	});

const internal = fc.constantFrom(
	'101',
	'97',
	'*97',
	'0003*210',
	'0012',
	'00',
	'442',
	'999999',
	'000',
);
const entry = fc
	.oneof(
		{ weight: 12, arbitrary: spelled },
		{ weight: 3, arbitrary: internal },
		{ weight: 1, arbitrary: fc.stringMatching(/^\+?[0-9*#]{1,12}$/) },
	)
	.filter((text) => !isInvalid(cleanNumber(text)));
const wrong = fc.constantFrom('Bob', '12025550123.0', '+', 'tel:101');

/** A number as sent, in any format or as entered. */
const number: fc.Arbitrary<string | null> = fc.oneof(
	{ weight: 12, arbitrary: spelled },
	{ weight: 3, arbitrary: internal },
	{ weight: 1, arbitrary: fc.constantFrom('1-900-CALLNOW', null) },
	{ weight: 1, arbitrary: fc.stringMatching(/^\+?[0-9*#]{1,16}$/) },
);

const lists = fc.record({
	allowed: fc.option(fc.array(entry, { minLength: 1, maxLength: 12 }), { freq: 1, nil: undefined }),
	blocked: fc.option(fc.array(entry, { maxLength: 12 }), { nil: undefined }),
	slip: fc.oneof(
		{ weight: 19, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: wrong },
	),
	country: fc.option(fc.constantFrom<Country[]>('US', 'GB', 'IT', 'SG', 'BR'), { nil: undefined }),
	numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
	format: fc.constantFrom('asEntered', 'cleaned', 'e164', 'e164WithoutPlus', 'national'),
});
type Lists = typeof lists extends fc.Arbitrary<infer Value> ? Value : never;

/** The entries of an option's value; a row can have several. */
function entriesOf(rows: readonly string[] | undefined): readonly string[] | undefined {
	return rows?.map((row) => row.trim()).filter((row) => row !== '');
}

const outcomes = new Map<string, number>();

function play({ allowed, blocked: chosen, slip, country, numbers, format }: Lists): void {
	const blocked = slip === undefined ? chosen : [...(chosen ?? []), slip];
	const given = [allowed, blocked].flat().filter((row) => row !== undefined);
	fc.pre(given.every((row) => row.trim() !== ''));
	const options = {
		...(allowed === undefined ? {} : { allowedDestinations: allowed }),
		...(blocked === undefined ? {} : { blockedDestinations: blocked }),
		...(country === undefined ? {} : { defaultCountry: country }),
	};
	// As sent, if this format can send them.
	const dialed = numbers.map((one) => {
		const sent =
			one === null ? null : toDialed(one, { format, defaultCountry: country, keepsPlus: true });
		return sent === null || isInvalid(sent) ? one : sent;
	});
	const memory = listMemory();
	// The second time from memory.
	for (let time = 0; time < 2; time++) {
		const read = readItemOptions(options, 'UTC', { hasLines: false, memory });
		const now = isInvalid(read)
			? 'refused'
			: checkDestinations({ numbers: dialed, lines: [] }, read.guards);
		const before = checkFormerly(dialed, {
			allowed: entriesOf(allowed),
			blocked: entriesOf(blocked),
			defaultCountry: country,
		});
		if (before !== undefined && 'refused' in before) {
			assert.equal(now, 'refused');
			const told = isInvalid(read) ? read.texts.join(' ') : '';
			for (const why of before.refused) assert.ok(told.includes(why), told);
			count('refused');
		} else {
			assert.deepEqual(now, before);
			count(before?.reason ?? 'may ring');
		}
	}
}

function count(outcome: string): void {
	outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

test('the index holds back what a search entry by entry held back, and names the same entry', () => {
	fc.assert(fc.property(lists, play), { numRuns: 3000 });
	// Otherwise the property could hold with nothing to compare.
	expect(Math.min(...outcomes.values())).toBeGreaterThan(100);
	expect([...outcomes.keys()].sort()).toEqual([
		'destination_blocked',
		'destination_not_allowed',
		'may ring',
		'refused',
	]);
});
