import type { HttpRequest } from '../../shared/wire/reply/http';
import type { Invalid } from '../../shared/wire/text/invalid';
import { element } from '../../shared/wire/text/xml';
import { encodeRequest } from '../request';
import type { SwitchvoxCall } from './read';

/**
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 * and http://developers.digium.com/switchvox/wiki/index.php/Switchvox.call
 */
export function encode(call: SwitchvoxCall): HttpRequest | Invalid {
	const isAdmin = call.method === 'switchvox.call';
	return encodeRequest(call.method, [
		...optional(isAdmin ? undefined : 'account_id', call.accountId),
		element('dial_first', call.dialFirst),
		element('dial_second', call.dialSecond),
		...optional(isAdmin ? 'dial_as_account_id' : undefined, call.accountId),
		...optional('caller_id_name', call.callerIdName),
		...(call.variables.length === 0 ? [] : [encodeVariables(call.variables)]),
		...optional('timeout', call.timeoutSeconds),
		...optional('timeout_second_call', call.timeoutSecondCallSeconds),
		...optional('auto_answer', call.autoAnswer),
		...optional('ignore_user_api_settings', call.ignoreUserApiSettings),
		...optional('ignore_user_call_rules', call.ignoreUserCallRules),
	]);
}

function encodeVariables(variables: SwitchvoxCall['variables']) {
	return element(
		'variables',
		variables.map(({ name, value }) => element('variable', `${name}=${value}`)),
	);
}

function optional(name: string | undefined, value: string | number | boolean | undefined) {
	if (name === undefined || value === undefined) return [];
	return [element(name, typeof value === 'boolean' ? String(Number(value)) : String(value))];
}
