import type { HttpRequest } from '../../shared/wire/http';
import type { EnswitchCall } from './read';

/** https://vobi.com.au/wpsp_knowledge_base/make-a-call/, the page of Enswitch's function calls/make. */
export function encode(call: EnswitchCall): HttpRequest {
	return encodeRequest('calls/make', {
		stype: partyType(call.stype),
		snumber: call.snumber,
		ctype: partyType(call.ctype),
		cnumber: call.cnumber,
		cdialplan: call.cdialplan,
		card: call.card,
		customer: call.customer,
		answer1: call.answer1,
		answer2: call.answer2,
		callerid1: call.callerid1,
		callerid2: call.callerid2,
		recordgroup: call.recordgroup,
		screen1: call.screen1,
		screen2: call.screen2,
		warn1: call.warn1,
		warn2: call.warn2,
		delay: call.delaySeconds,
		wait: call.waitSeconds,
		noforwards: call.noforwards,
	});
}

/**
 * Any function of the JSON API; what is undefined is not sent. A POST, although a GET would do: an address gets into logs,
 * and whatever is on the way may repeat a GET.
 */
export function encodeRequest(
	name: string,
	parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): HttpRequest {
	const form = new URLSearchParams();
	for (const [parameter, value] of Object.entries(parameters)) {
		if (value === undefined) continue;
		form.set(parameter, String(typeof value === 'boolean' ? Number(value) : value));
	}
	return {
		method: 'POST',
		path: `/api/json/${name}/`,
		headers: {
			'Content-Type': 'application/x-www-form-urlencoded',
			Accept: 'application/json',
		},
		body: form.toString(),
	};
}

function partyType(type: EnswitchCall['ctype']): string | undefined {
	return type === 'number' ? '' : type;
}
