import { type Outcome, toFailed } from '../../shared/calling/contract/outcome';
import { evidenceOf } from '../../shared/calling/contract/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import { explain, type Explanation } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import type { FieldNames } from '../../shared/wire/reply/status';
import { matchKnown } from '../errors';
import { type Body, describeErrors, explainRefusal, readBody, wrongAddress } from '../reply';
import { fields } from './fields';
import type { IovoxCall } from './read';

export const howToCheck =
	'check the call records of IOVOX for the link and the number (type API; a delayed call appears only after it runs)';

/** The only documented status for a call that IOVOX takes. It has no documented body. */
const acceptedStatus = 201;

const ownNames = fieldNamesOf(fields);

/**
 * https://www.iovox.com/api/rest/initiateCall.html
 * Only 201 proves that IOVOX took the call. No other 2xx is documented.
 */
export function decode(
	response: HttpResponse,
	call: IovoxCall,
	names: FieldNames = ownNames,
): Outcome {
	const body = readBody(response.body);
	if (response.status === acceptedStatus && !contradicts(body)) {
		const { delayMinutes } = call;
		return {
			status: delayMinutes === undefined ? 'accepted' : 'scheduled',
			callId: null,
			details: delayMinutes === undefined ? {} : { delayMinutes },
			response: body.parsed,
		};
	}
	const explanation =
		explainRefusal(response, body, names) ?? explainSuccess(response.status, body);
	return {
		...toFailed(explanation, howToCheck),
		...evidenceOf(response, body.errors, body.parsed),
	};
}

/** Whether a 201 comes with an error. A plain text, such as "Created", is an error only if it is documented as one. */
function contradicts({ parsed, errors }: Body): boolean {
	const isMarked = typeof parsed !== 'string';
	return errors.some(({ message }) => isMarked || matchKnown(message) !== undefined);
}

/** Explains a 2xx that does not prove a call: undocumented, or contradicted by its body. */
function explainSuccess(status: number, { errors, isPage }: Body): Explanation {
	if (isPage) {
		const what = 'A web page came instead of a reply from IOVOX.';
		return explain('unknown', 'unreadable_reply', what, wrongAddress, status);
	}
	const advice = 'If this keeps happening, ask IOVOX what it means.';
	if (status === acceptedStatus) {
		const what = `IOVOX answered with HTTP ${status}, which means a call, and with a refusal: ${describeErrors(errors)}.`;
		return explain('unknown', 'contradictory_reply', what, advice, status);
	}
	const said = errors.length === 0 ? '' : ` and ${describeErrors(errors)}`;
	const what = `IOVOX answered with HTTP ${status}${said}, but only HTTP ${acceptedStatus} means a call.`;
	return explain('unknown', 'undocumented_code', what, advice, status);
}
