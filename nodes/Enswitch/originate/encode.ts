import type { HttpRequest } from '../../shared/wire/reply/http';
import { encodeRequest } from '../request';
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

function partyType(type: EnswitchCall['ctype']): string | undefined {
	return type === 'number' ? '' : type;
}
