import type { Ending } from '../../shared/calling/contract/found';
import type { Trouble } from '../../shared/calling/contract/outcome';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import { explain } from '../../shared/wire/reply/explanation';
import { listSayings } from '../../shared/wire/text/sentences';
import { element, type XmlElement } from '../../shared/wire/text/xml';
import { ask, askZone, refusal } from '../ask';
import { askCurrent, isInTime } from '../current';
import type { SwitchvoxReference } from '../reference';

/**
 * Ends the current call between the two numbers, if there is exactly one that began at the right time. The method is not
 * documented; public clients use it: https://github.com/lordmilko/SwitchvoxAPI
 */
export function end(reference: SwitchvoxReference): Step<Ending> {
	return askCurrent<Ending>(
		reference,
		(calls) => (calls.length === 0 ? done(noCall(reference)) : endAmong(reference, calls)),
		(denial) => done(refusal(denial, rights)),
	);
}

const rights =
	'Ending a call needs an administrator who may see and end the current calls (switchvox.currentCalls.getList, switchvox.currentCalls.hangUp). Give the account in the credential that right in Switchvox, or use another administrator. An extension user cannot end calls.';

function endAmong(reference: SwitchvoxReference, calls: readonly XmlElement[]): Step<Ending> {
	return askZone<Ending>((zone) => {
		if (zone === undefined) return done(noClock);
		const matches = calls.filter((call) => isInTime(reference, call, zone));
		const [match] = matches;
		if (match === undefined) return done(noCall(reference));
		return matches.length === 1 ? hangUp(reference, match) : done(notCertain(matches));
	});
}

function hangUp(
	{ from, to }: SwitchvoxReference,
	{ attributes: { id: currentCallId = '' } }: XmlElement,
): Step<Ending> {
	if (currentCallId === '') return done(noId);
	return ask<Ending>(
		'switchvox.currentCalls.hangUp',
		[element('current_call_id', currentCallId)],
		(answer) =>
			done(
				answer.errors.length > 0
					? refusal(answer, rights, 'The call may be over already.')
					: {
							kind: 'ending',
							outcome: { status: 'hung_up', callId: null, from, to, details: { currentCallId } },
						},
			),
	);
}

function noCall({ from, to }: SwitchvoxReference): Ending {
	return {
		kind: 'ending',
		outcome: { status: 'not_found', callId: null, from, to, details: {} },
	};
}

const noClock: Trouble = explain(
	'not_sent',
	'unauthorized',
	'Switchvox does not show its clock, so it is not certain which call it is.',
	'Use an administrator who may see the clock (switchvox.systemClock.getInfo).',
);

const noId: Trouble = explain(
	'not_sent',
	'unreadable_reply',
	'Switchvox shows the call without its current_call_id.',
	'End the call in Switchvox.',
);

function notCertain(calls: readonly XmlElement[]): Trouble {
	const named = calls.map(
		({ attributes: { id, state, start_time: start } }) => `${id} (${state}, since ${start})`,
	);
	return explain(
		'not_sent',
		'invalid_input',
		`${calls.length} current calls match: ${listSayings(named)}.`,
		'End the right one in Switchvox.',
	);
}
