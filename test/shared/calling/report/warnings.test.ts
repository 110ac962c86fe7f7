import { enswitch } from '../../../../nodes/Enswitch/vendor';
import { iovox } from '../../../../nodes/Iovox/vendor';
import { failed, type Outcome } from '../../../../nodes/shared/calling/contract/outcome';
import { messageOf } from '../../../../nodes/shared/calling/report/message';
import { warningsOf, withWarnings } from '../../../../nodes/shared/calling/report/warnings';

const call = (callDestination?: string) => ({ linkId: 'link123', callDestination, variables: [] });
const warning =
	'01632960001 begins with 0 where IOVOX expects a country code: set Number Format to E.164 Without +, and Default Country.';

test('a number without a country code gets a warning where the vendor wants one', () => {
	expect(warningsOf(iovox, call('01632960001,,1'))).toEqual([warning]);
	expect(warningsOf(iovox, call('(01632) 960-001'))).toHaveLength(1);
	const parties = { snumber: '101', cnumber: '01632960001' };
	expect(warningsOf(enswitch, { stype: 'number', ctype: 'number', ...parties })).toEqual([]);
});

test.each(['441632960001', '+441632960001', '00441632960001', '2025550123', '0800', undefined])(
	'%s gets no warning',
	(number) => {
		expect(warningsOf(iovox, call(number))).toEqual([]);
	},
);

const accepted: Outcome = { status: 'accepted', callId: null, details: { link: 'x' } };
const dryRun: Outcome = { status: 'skipped', reason: 'dry_run', details: {} };

test('a result of a sent call or a dry run has the warning', () => {
	expect(withWarnings(accepted, [])).toBe(accepted);
	const warned = withWarnings(accepted, [warning]);
	expect(warned).toEqual({ ...accepted, details: { link: 'x', warnings: [warning] } });
	expect(messageOf(warned)).toBe(
		`The call was placed. Whether anybody answers is not known yet. ${warning}`,
	);
	expect(messageOf(withWarnings(dryRun, [warning]))).toBe(
		`Not called: this is a dry run. ${warning}`,
	);
	const refused = failed('refused', 'vendor_refused', 'What.', 'Advice.');
	expect(withWarnings(refused, [warning]).details).toEqual({ warnings: [warning] });
});

test('a call that was held back has none', () => {
	const kept: Outcome = { status: 'skipped', reason: 'max_calls', details: { maxCalls: 1 } };
	expect(withWarnings(kept, [warning])).toBe(kept);
});
