import {
	failed,
	type SkipReason,
	skipReasons,
} from '../../../../nodes/shared/calling/contract/outcome';
import { messageOf } from '../../../../nodes/shared/calling/report/message';
import type { JsonObject } from '../../../../nodes/shared/wire/text/json';

test.each<[SkipReason, JsonObject, string]>([
	['dry_run', {}, 'this is a dry run'],
	['duplicate', { onceKey: 'ticket 7' }, 'the Once Key "ticket 7" was used for a call before'],
	[
		'destination_blocked',
		{ number: '19005550123', entry: '+1900' },
		'19005550123 is blocked by the entry +1900',
	],
	['destination_not_allowed', { number: '13035550123' }, '13035550123 is not in Allowed Numbers'],
	[
		'destination_not_allowed',
		{ number: null },
		'the phone system chooses the number, so it is not known to be allowed',
	],
	[
		'outside_calling_hours',
		{ clock: 'saturday 09:26 in America/New_York, saturday 14:26 in Europe/London' },
		'outside the calling hours (Saturday 09:26 in America/New_York, Saturday 14:26 in Europe/London)',
	],
	[
		'emergency_number',
		{ number: '9911' },
		'9911 is an emergency number, and an AI agent may call it only if Allowed Numbers names it',
	],
	['max_calls', { maxCalls: 10 }, 'Max Calls is reached (10)'],
])('a call skipped for %s %j has a message', (reason, details, why) => {
	expect(messageOf({ status: 'skipped', reason, details })).toBe(`Not called: ${why}.`);
});

test('every reason to skip has a message, even without details', () => {
	for (const reason of skipReasons) {
		expect(messageOf({ status: 'skipped', reason, details: {} })).toMatch(/^Not called: .+\.$/);
	}
});

test('a failure comes with what to do next, if there is anything to do', () => {
	expect(messageOf(failed('unknown', 'busy', 'What.', 'Advice.'))).toBe(
		'What. The call may have been placed. Advice.',
	);
	expect(messageOf(failed('unknown', 'busy', 'What.', ''))).toBe(
		'What. The call may have been placed.',
	);
});
