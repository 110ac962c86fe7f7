import type { IExecuteFunctions } from 'n8n-workflow';

import { leftToModel } from '../../../../nodes/shared/calling/limits/leftToModel';
import { commonOptions } from '../../../../nodes/shared/form/fields';

const left = (options: unknown) =>
	leftToModel({ getNode: () => ({ parameters: { options } }) } as unknown as IExecuteFunctions);
const chosen =
	"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('value', 'how many calls', 'number') }}";

test.each([
	['maxCalls', chosen, 'Limit: Max Calls'],
	['allowedDestinations', ['101', chosen], 'Limit: Allowed Numbers'],
	['allowedDestinations', chosen, 'Limit: Allowed Numbers'],
	['blockedDestinations', ["={{ [$fromai ('a')] }}"], 'Limit: Blocked Numbers'],
	[
		'callingHours',
		{ window: [{ days: ['monday'], from: '09:00', to: chosen }] },
		'Limit: Calling Hours',
	],
	['onceKey', "={{ $json.customer }} {{ $fromAi('day') }}", 'Limit: Once Key'],
])('a model may not choose a limit: %s %j', (name, value, label) => {
	expect(left({ timeout: 20, [name]: value })).toMatchObject({
		status: 'not_sent',
		reason: 'invalid_settings',
		message: `${label} is left to the model. No call was placed.`,
		advice: 'A limit that the model chooses is not a limit: enter it yourself.',
	});
});

test.each([
	['defaultCountry', 'Default Country'],
	['numberFormat', 'Number Format'],
	['dryRun', 'Dry Run'],
])('nor which numbers may ring: %s', (name, label) => {
	expect(left({ [name]: chosen })).toMatchObject({
		message: `${label} is left to the model. No call was placed.`,
		advice: 'It decides which phones may ring: enter it yourself.',
	});
});

test('nor may all options at once', () => {
	expect(left(`={{ { maxCalls: $fromAI('calls') } }}`)).toMatchObject({
		message: 'Options is left to the model. No call was placed.',
	});
});

test('anything else may be', () => {
	expect(left({ timeout: chosen, callerIdName: chosen, interval: chosen })).toBeUndefined();
	expect(
		left({ maxCalls: 3, allowedDestinations: ['={{ $json.number }}', '101'] }),
	).toBeUndefined();
	for (const none of [undefined, null, {}]) expect(left(none)).toBeUndefined();
});

test('every option that holds calls back is among them', () => {
	const guards = commonOptions.filter(({ name }) =>
		/Destinations|Hours|maxCalls|onceKey|Country|Format|dryRun/.test(name),
	);
	for (const { name, displayName } of guards) {
		expect(left({ [name]: chosen })?.message).toContain(`${displayName} is left to the model`);
	}
	expect(guards).toHaveLength(8);
});
