import { callsIn, fits, secondsIn } from '../../nodes/Enswitch/calls';
import { sightingOf } from '../../nodes/Enswitch/legs';
import type { Named } from '../../nodes/Enswitch/reference';
import type { JsonObject, JsonValue } from '../../nodes/shared/wire/text/json';

const start = 1_763_717_400;
const reference: Named = {
	from: '101',
	to: '12025550123',
	since: new Date(start * 1000),
	delaySeconds: 0,
};
const leg = (more: JsonObject = {}): JsonObject => ({
	callid: 'c1',
	uniqueid: 'u1',
	start,
	answered: 0,
	snumber: '101',
	cnumber: '12025550123',
	dnumber: '12025550123',
	...more,
});
const [call] = callsIn('live', [leg()]);
if (call === undefined) throw new Error('no call');

describe('the time of a call', () => {
	test.each([
		[-6, 0, false],
		[-5, 0, true],
		[0, 0, true],
		[300, 0, true],
		[301, 0, false],
		[301, 60, true],
		[361, 60, false],
		[-86_400, 86_400, false],
	])('%i seconds after Since, placed with a delay of %i: %j', (seconds, delaySeconds, isFit) => {
		const rows = [leg({ start: start + seconds })];
		expect(fits({ ...call, rows }, { ...reference, delaySeconds })).toBe(isFit);
	});

	test.each([null, '', 'now', -1, 1.5, {}, []])('a start that is %j fits nothing', (value) => {
		expect(fits({ ...call, rows: [leg({ start: value })] }, reference)).toBe(false);
	});

	test('one leg that began before spoils it: the call is older', () => {
		const rows = [leg({ start: start - 600, dnumber: '101', cnumber: '' }), leg()];
		expect(fits({ ...call, rows }, reference)).toBe(false);
	});
});

describe('the numbers of a call', () => {
	test.each<[string, JsonObject, boolean]>([
		['as dialed', {}, true],
		['the destination only', { cnumber: '' }, true],
		['the called number only, forwarded', { dnumber: '12025550177' }, true],
		['with marks', { cnumber: '+1 202-555-0123' }, true],
		['as a number', { snumber: 101 }, true],
		['another source', { snumber: '102' }, false],
		['another destination', { cnumber: '12025550124', dnumber: '12025550124' }, false],
		['the other way round', { snumber: '12025550123', cnumber: '101', dnumber: '101' }, false],
		['without its country code', { cnumber: '2025550123', dnumber: '2025550123' }, false],
		['no source', { snumber: null }, false],
	])('%s', (_, more, isFit) => {
		expect(fits({ ...call, rows: [leg(more)] }, reference)).toBe(isFit);
	});

	test('of two rows are no match together', () => {
		const rows = [leg({ cnumber: '102', dnumber: '102' }), leg({ snumber: '103' })];
		expect(fits({ ...call, rows }, reference)).toBe(false);
	});
});

test('rows become calls by callid, by uniqueid without one, and in order', () => {
	const rows = [
		leg({ uniqueid: 'u2', start: start + 9 }),
		leg(),
		leg({ callid: '', uniqueid: 'u3' }),
		leg({ callid: null, uniqueid: null }),
		leg({ callid: 4711, uniqueid: 'u5' }),
	];
	expect(
		callsIn('live', rows).map(({ id, idName, rows: own }) => [
			id,
			idName,
			own.map(({ uniqueid }) => uniqueid),
		]),
	).toEqual([
		['c1', 'callid', ['u1', 'u2']],
		['u3', 'uniqueid', ['u3']],
		['4711', 'callid', ['u5']],
	]);
});

test.each<[JsonValue, number | undefined]>([
	[0, 0],
	['1763717400', start],
	[' 12 ', 12],
	['', undefined],
	[-1, undefined],
	[1.5, undefined],
	['1e9', undefined],
	['9'.repeat(13), undefined],
	[true, undefined],
	[null, undefined],
])('%j is %j seconds', (value, seconds) => {
	expect(secondsIn({ value }, 'value')).toBe(seconds);
});

/** Whatever a field holds, a party counts as talking only if Enswitch shows it. */
test('odd values never make a call answered, and never throw', () => {
	const odd: readonly JsonValue[] = [null, '', -1, 'x', true, [], {}, '0x1', 1e308, '9'.repeat(99)];
	const first = leg({
		cnumber: '',
		dnumber: '101',
		status: 'answer',
		talktime: 30,
		end: start + 60,
	});
	const second = leg({ uniqueid: 'u2', status: 'noanswer', talktime: 0, end: start + 60 });
	for (const name of Object.keys(second)) {
		for (const value of odd) {
			for (const list of ['live', 'record'] as const) {
				const rows = [first, { ...second, [name]: value }];
				const seen = sightingOf({ ...call, list, rows }, reference, 'id');
				expect([name, value, seen.answeredBySecond === true]).toEqual([name, value, false]);
				expect([name, value, seen.disposition === 'answered']).toEqual([name, value, false]);
			}
		}
	}
});
