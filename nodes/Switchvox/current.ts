import type { Trouble } from '../shared/calling/contract/outcome';
import { done, type Step } from '../shared/wire/exchange/conversation';
import { isWithin, readLocalTime } from '../shared/wire/text/localTime';
import { child, childrenNamed, type XmlElement } from '../shared/wire/text/xml';
import { ask, type Answer, isDenied, lacking, refusal } from './ask';
import { isBetween, type SwitchvoxReference } from './reference';

/**
 * The current calls between the two numbers, whenever they began. The method is not documented; public clients use it:
 * https://github.com/lordmilko/SwitchvoxAPI
 */
export function askCurrent<Result>(
	reference: SwitchvoxReference,
	next: (calls: readonly XmlElement[]) => Step<Result | Trouble>,
	denied: (answer: Answer) => Step<Result | Trouble>,
): Step<Result | Trouble> {
	return ask('switchvox.currentCalls.getList', [], (answer) => {
		if (isDenied(answer)) return denied(answer);
		if (answer.errors.length > 0) return done(refusal(answer, ''));
		const list = child(answer.result, 'current_calls');
		if (list === undefined) return done(lacking(answer, 'current_calls'));
		return next(
			childrenNamed(list, 'current_call').filter(({ attributes }) =>
				isBetween(reference, attributes.from_caller_id_number, attributes.to_caller_id_number),
			),
		);
	});
}

/** Whether a current call or one of the call logs began when the call did. */
export function isInTime(
	{ began }: SwitchvoxReference,
	{ attributes }: XmlElement,
	zone: number | undefined,
): boolean {
	const start = readLocalTime(attributes.start_time);
	return start !== undefined && isWithin(start, began, zone);
}
