import type { JsonObject } from '../wire/http';
import { isFailed, type Outcome, type SkipReason } from './outcome';

/** An outcome in words: what happened, its warnings, and after a failure what to do next. */
export function messageOf(outcome: Outcome): string {
	const warnings = isFailed(outcome) ? [] : [outcome.details.warnings ?? []].flat().map(shown);
	return [whatHappened(outcome), ...warnings].join(' ');
}

function whatHappened(outcome: Outcome): string {
	switch (outcome.status) {
		case 'answered':
			return 'The call was placed, and the first phone was answered.';
		case 'accepted':
			return 'The call was placed. Whether anybody answers is not known yet.';
		case 'scheduled':
			return 'The call is scheduled. It will be placed after its delay.';
		case 'skipped':
			return `Not called: ${whySkipped[outcome.reason](outcome.details)}.`;
		default:
			return [outcome.message, outcome.advice].filter(Boolean).join(' ');
	}
}

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
			: `${shown(number)} is not an allowed destination`,
	emergency_number: ({ number }) =>
		`${shown(number)} is an emergency number, and an AI agent may call it only if Allowed Numbers names it`,
	outside_calling_hours: ({ clock }) =>
		`outside the calling hours (${shown(clock).replace(/(^|, )[a-z]/g, (day) => day.toUpperCase())})`,
	max_calls: ({ maxCalls }) => `Max Calls is reached (${shown(maxCalls)})`,
};

function shown(value: JsonObject[string] | undefined): string {
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
