import type { Trouble } from '../shared/calling/contract/outcome';
import { type Evidence, evidenceOf, unreadable } from '../shared/calling/contract/reply';
import { done, type Step } from '../shared/wire/exchange/conversation';
import { explain, isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isInvalid } from '../shared/wire/text/invalid';
import { maxListCharacters } from '../shared/wire/text/limits';
import { readLocalTime, zoneOf } from '../shared/wire/text/localTime';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { child, type XmlElement, xmlToJson } from '../shared/wire/text/xml';
import { describeErrors, readReply, type Reply } from './reply';
import { encodeRequest } from './request';

/** A reply of the Extend API, which can be a refusal. */
export interface Answer extends Reply {
	readonly response: HttpResponse;
	readonly evidence: Evidence;
}

/** Calls a method. Whatever is not a reply of the Extend API ends the conversation. */
export function ask<Result>(
	method: string,
	parameters: readonly XmlElement[],
	next: (answer: Answer) => Step<Result | Trouble>,
): Step<Result | Trouble> {
	const request = encodeRequest(method, parameters);
	if (isInvalid(request)) {
		return done(explain('not_sent', 'invalid_input', request.texts.join(' '), ''));
	}
	return {
		kind: 'ask',
		request,
		next(response) {
			const reply = readReply(response, maxListCharacters);
			if (isExplanation(reply)) return done(reply);
			if (isUnreadable(reply)) return done(unreadable(switchvox, response, reply.why));
			const evidence = evidenceOf(response, reply.errors, xmlToJson(reply.root));
			return next({ ...reply, response, evidence });
		},
	};
}

const switchvox = { displayName: 'Switchvox' };

/** A reply of the Extend API without what the method gives. */
export function lacking({ response, evidence }: Answer, name: string): Trouble {
	return unreadable(switchvox, response, `it has no ${name}`, evidence.response);
}

/** Whether the account lacks the right to the method. */
export function isDenied({ errors }: Reply): boolean {
	return errors.some(({ code }) => code === '27168');
}

/** A refusal; `rights` says what to do if the account lacks the right, `otherwise` what to do about any other one. */
export function refusal(
	answer: Answer,
	rights: string,
	otherwise = 'Check the values. This version of Switchvox may not support the request.',
): Trouble {
	const { errors, evidence } = answer;
	const denied = isDenied(answer);
	return {
		...explain(
			'refused',
			denied ? 'unauthorized' : 'vendor_refused',
			`Switchvox refused the request: ${describeErrors(errors)}`,
			denied ? rights : otherwise,
		),
		...evidence,
	};
}

/**
 * The zone of the times that Switchvox writes: its clock shows local time, and the reply is dated in UTC. Undefined if it
 * does not say, as only administrators may ask for the clock.
 */
export function askZone<Result>(
	next: (zone: number | undefined) => Step<Result | Trouble>,
): Step<Result | Trouble> {
	return ask('switchvox.systemClock.getInfo', [], ({ result, response }) => {
		const local = readLocalTime(child(result, 'system')?.attributes.current_time);
		const utc = Date.parse(response.headers.date ?? '');
		return next(local === undefined || Number.isNaN(utc) ? undefined : zoneOf(local, utc));
	});
}
