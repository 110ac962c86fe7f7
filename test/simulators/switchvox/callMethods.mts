import { element } from '../xml.mts';
import type { Account } from './accounts.mts';
import { findByAccountId, isIvr, ivrVariableIds } from './directory.mts';
import * as errors from './errors.mts';
import type { SwitchvoxError } from './errors.mts';
import type { Context, Outcome } from './methods.mts';
import type { ParameterForm, Parameters } from './parameters.mts';
import type { CallRequest, Call, Variable } from './switchboard.mts';

// switchvox.call: http://developers.digium.com/switchvox/wiki/index.php/Switchvox.call
// switchvox.users.call: https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31261148
// replies: http://developers.digium.com/switchvox/wiki/index.php/CallCreation_examples

const commonSingles = [
	'dial_first',
	'dial_second',
	'caller_id_name',
	'timeout',
	'ignore_user_api_settings',
	'ignore_user_call_rules',
];

export const callForm: ParameterForm = {
	single: [
		...commonSingles,
		'dial_as_account_id',
		// Known from the public client SwitchvoxAPI only; the old documentation stops before them.
		'timeout_second_call',
		'auto_answer',
	],
	lists: { variables: 'variable' },
};

export const usersCallForm: ParameterForm = {
	single: [...commonSingles, 'account_id'],
	lists: { variables: 'variable' },
};

export async function call(parameters: Parameters, { switchboard }: Context): Promise<Outcome> {
	const missing = ['dial_first', 'dial_second', 'dial_as_account_id'].filter(
		(name) => !parameters.single(name),
	);
	if (missing.length > 0) return { errors: missing.map(errors.missingParameter) };
	const accountId = parameters.single('dial_as_account_id') ?? '';
	const wrong = checkValues(parameters, accountId);
	if (wrong.length > 0) return { errors: wrong };
	if (!findByAccountId(accountId)) return { errors: [errors.unknownAccountId] };
	return report(await switchboard.place(callRequest('switchvox.call', accountId, parameters)));
}

export async function usersCall(parameters: Parameters, context: Context): Promise<Outcome> {
	const accountId = parameters.single('account_id') ?? defaultAccountId(context);
	const missing = ['dial_first', 'dial_second'].filter((name) => !parameters.single(name));
	if (missing.length > 0) return { errors: missing.map(errors.missingParameter) };
	if (!accountId) return { errors: [errors.missingAccountId] };
	const wrong = checkValues(parameters, accountId);
	if (wrong.length > 0) return { errors: wrong };
	if (!findByAccountId(accountId)) return { errors: [errors.unknownAccountId] };
	if (accountId !== ownAccountId(context.account)) return { errors: [errors.notPermitted] };
	const request = callRequest('switchvox.users.call', accountId, parameters);
	return report(await context.switchboard.place(request));
}

function defaultAccountId({ account, accountIdOptional }: Context): string | undefined {
	return accountIdOptional ? ownAccountId(account) : undefined;
}

function ownAccountId(account: Account): string | undefined {
	return account.kind === 'user' ? account.accountId : undefined;
}

const numberPattern = /^[0-9*#]+$/;

function checkValues(parameters: Parameters, accountId: string): SwitchvoxError[] {
	const wrong: SwitchvoxError[] = [];
	// The documented reply to two invalid numbers names the second one first.
	for (const name of ['dial_second', 'dial_first']) {
		if (!numberPattern.test(parameters.single(name) ?? '')) wrong.push(errors.invalidNumber(name));
	}
	if (!/^\d+$/.test(accountId)) wrong.push(errors.invalidAccountId(accountId));
	// The documentation counts characters: an umlaut is one.
	const callerIdName = parameters.single('caller_id_name') ?? '';
	if (Array.from(callerIdName).length > 20) wrong.push(errors.callerIdNameTooLong);
	for (const name of ['timeout', 'timeout_second_call']) {
		if (!/^\d{1,3}$/.test(parameters.single(name) ?? '0')) {
			wrong.push(errors.invalidValue(name, 'Possible values : 0-999'));
		}
	}
	for (const name of ['ignore_user_api_settings', 'ignore_user_call_rules', 'auto_answer']) {
		if (!/^[01]$/.test(parameters.single(name) ?? '0')) {
			wrong.push(errors.invalidValue(name, 'Possible values : 0 or 1'));
		}
	}
	for (const variable of parameters.list('variables') ?? []) {
		if (variable.indexOf('=') < 1) wrong.push(errors.malformedVariable(variable));
	}
	return wrong;
}

function callRequest(method: string, accountId: string, parameters: Parameters): CallRequest {
	return {
		method,
		accountId,
		dialFirst: parameters.single('dial_first') ?? '',
		dialSecond: parameters.single('dial_second') ?? '',
		callerIdName: parameters.single('caller_id_name') ?? 'PBX',
		variables: (parameters.list('variables') ?? []).map(splitVariable),
		timeoutSeconds: Number(parameters.single('timeout') ?? '30'),
		timeoutSecondCallSeconds: Number(parameters.single('timeout_second_call') ?? '30'),
		ignoreUserApiSettings: parameters.single('ignore_user_api_settings') === '1',
		ignoreUserCallRules: parameters.single('ignore_user_call_rules') === '1',
	};
}

/** At the first `=`; what a further one means is not documented. */
function splitVariable(variable: string): Variable {
	const at = variable.indexOf('=');
	return { name: variable.slice(0, at), value: variable.slice(at + 1) };
}

function report(call: Call): Outcome {
	if (call.state === 'failed') return { errors: [errors.originateFailed] };
	const reachesIvr = isIvr(call.dialFirst) || isIvr(call.dialSecond);
	const variables = reachesIvr ? call.variables.flatMap(reportVariable) : [];
	const dialed = { dialed_first: call.dialFirst, dialed_second: call.dialSecond };
	return { result: element('call_info', dialed, element('variables', {}, ...variables)) };
}

/** Nothing for a variable that no IVR defines: no status but "exists" is documented. */
function reportVariable({ name }: Variable): string[] {
	const id = ivrVariableIds.get(name);
	return id === undefined ? [] : [element('ivr_variable', { id, name, status: 'exists' })];
}
