import type { JsonObject } from '../../wire/text/json';
import type { Disposition, Followed, Sighting } from '../contract/callState';
import { isFailed, type Result, type SkipReason } from '../contract/outcome';

/** An outcome in words: what happened, its warnings, and after a failure what to do next. */
export function messageOf(outcome: Result): string {
	const warnings =
		isFailed(outcome) || outcome.status === 'seen'
			? []
			: [outcome.details.warnings ?? []].flat().map(shown);
	return [whatHappened(outcome), ...warnings].join(' ');
}

function whatHappened(outcome: Result): string {
	switch (outcome.status) {
		case 'seen':
			return stateInWords(outcome.seen);
		case 'hung_up':
			return 'The call was ended.';
		case 'not_found':
			return 'There is no such call to end. It may be over already.';
		case 'answered':
			return outcome.call === undefined
				? 'The call was placed, and the first phone was answered.'
				: `The call was placed. ${stateInWords(outcome.call)}`;
		case 'accepted':
			return `The call was placed. ${outcome.call === undefined ? 'Whether anybody answers is not known yet.' : stateInWords(outcome.call)}`;
		case 'scheduled':
			return 'The call is scheduled. It will be placed after its delay.';
		case 'skipped':
			return `Not called: ${whySkipped[outcome.reason](outcome.details)}.`;
		default:
			return [outcome.message, outcome.advice].filter(Boolean).join(' ');
	}
}

/** Where a call is, or how it ended, in words. */
export function stateInWords({ call, candidates, timedOut }: Followed): string {
	if (candidates.length > 0) {
		return `${candidates.length} calls match, so it is not certain which one it is: see details.candidates.`;
	}
	const state = call === undefined ? 'The phone system shows no such call.' : words(call);
	return timedOut ? `${state} The time to wait ran out.` : state;
}

function words({ state, disposition, talkSeconds, details }: Sighting): string {
	if (typeof details.notFollowed === 'string') {
		return `It could not be followed: ${details.notFollowed}`;
	}
	switch (state) {
		case 'scheduled':
			return 'The call is scheduled and has not begun.';
		case 'ringing_first':
			return 'The first phone is ringing.';
		case 'ringing_second':
			return 'The first phone was answered, and the second one is ringing.';
		case 'connected':
			return 'Both parties are talking.';
		case 'ended': {
			const talk = disposition === 'answered' && talkSeconds !== null;
			return `${endings[disposition ?? 'none']}${talk ? ` after ${talkSeconds} seconds of talk` : ''}.`;
		}
		default:
			return 'The call is there, but the phone system does not show its state.';
	}
}

const endings: Readonly<Record<Disposition | 'none', string>> = {
	answered: 'The call was answered and has ended',
	busy: 'The call has ended: busy',
	no_answer: 'The call has ended: nobody answered',
	failed: 'The call has ended: it could not be connected',
	canceled: 'The call has ended: the caller hung up first',
	none: 'The call has ended. The phone system does not show how',
};

/** The end of the sentence "Not called: ...", from the details of the outcome. */
const whySkipped: Readonly<Record<SkipReason, (details: JsonObject) => string>> = {
	dry_run: () => 'this is a dry run',
	duplicate: ({ onceKey, earlierOn }) =>
		`the Once Key "${shown(onceKey)}" was used for a call ${earlierOn === undefined ? 'before' : `on ${shown(earlierOn)}`}`,
	destination_blocked: ({ number, entry }) =>
		`${shown(number)} is blocked by the entry ${shown(entry)}`,
	destination_not_allowed: ({ number = null }) =>
		number === null
			? 'the phone system chooses the number, so it is not known to be allowed'
			: `${shown(number)} is not in Allowed Numbers`,
	emergency_number: ({ number }) =>
		`${shown(number)} is an emergency number, and an AI agent may call it only if Allowed Numbers names it`,
	outside_calling_hours: ({ clock }) =>
		`outside the calling hours (${shown(clock).replace(/(^|, )[a-z]/g, (day) => day.toUpperCase())})`,
	max_calls: ({ maxCalls }) => `Max Calls is reached (${shown(maxCalls)})`,
};

function shown(value: JsonObject[string] | undefined): string {
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
