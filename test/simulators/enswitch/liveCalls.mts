import type { Account } from './accounts.mts';
import type { Context } from './functions.mts';
import { check, flag, text } from './parameters.mts';
import type { Parameters, Rule } from './parameters.mts';
import { badRole, done, invalid, noSuchCall, ok, refused } from './responses.mts';
import type { Result } from './responses.mts';
import { isWanted, legsOf, sorted, unixTime, written } from './rows.mts';
import type { EnswitchCall } from './switchboard.mts';

// https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/active/list/

export const customer: Rule = {
	pattern: /^(?:\d{1,9}|all|recursive|system)$/,
	message: 'Invalid customer.',
};
export const direction: Rule = {
	pattern: /^(?:|in|internal|in_out|out)$/,
	message: 'Must be empty, in, internal, in_out or out.',
};
/** Further kinds of match are documented in a part that could not be read. */
export const match: Rule = { pattern: /^contains$/, message: 'Only contains is supported.' };

const oldForm: Readonly<Record<string, Rule>> = {
	customer,
	direction,
	sort: {
		pattern:
			/^(?:start|cnumber|ctype|direction|dnumber|dtype|machine|peer|scustomer|snumber|stype|uniqueid)$/,
		message: 'Invalid field.',
	},
	descending: flag,
	names: flag,
	callid: text,
};

const listForm: Readonly<Record<string, Rule>> = {
	...oldForm,
	recursive: flag,
	count: flag,
	callername_match: match,
	callername_number: text,
	phone: text,
	stype: text,
	smatch: match,
	snumber: text,
	ctype: text,
	cmatch: match,
	cnumber: text,
	dtype: text,
	dmatch: match,
	dnumber: text,
};

export function listActiveCalls(parameters: Parameters, context: Context): Result {
	const form = context.version === '3.14' ? oldForm : listForm;
	const wrong = check(parameters, form, context.ignoresUnknown);
	if (wrong.length > 0) return refused(...wrong);
	const given = (name: string) =>
		Object.hasOwn(form, name) ? (parameters.values.get(name) ?? '') : '';
	const sees = visible(given('customer'), context.account);
	if (typeof sees !== 'function') return sees;
	const rows = activeRows(context, sees).filter((row) => isWanted(row, given));
	if (given('count') === '1') return ok(rows.length);
	const inOrder = sorted(rows, given('sort') || 'start', given('descending') === '1');
	const named =
		given('names') === '1' ? { snumber_name: '', cnumber_name: '', dnumber_name: '' } : {};
	return ok(inOrder.map((row) => written({ ...row, ...named }, context.textNumbers)));
}

// https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/active/list/panel/

export function listActiveCallsOfPanel(parameters: Parameters, context: Context): Result {
	const wrong = check(parameters, { customer: { ...customer, pattern: /^\d{1,9}$/ } });
	if (wrong.length > 0) return refused(...wrong);
	const sees = visible(parameters.values.get('customer') ?? '', context.account);
	if (typeof sees !== 'function') return sees;
	const rows = activeRows(context, sees);
	return ok(
		rows.map(({ uniqueid, start, answered, stype, snumber, dtype, dnumber }) =>
			written({ uniqueid, start, answered, stype, snumber, dtype, dnumber }, context.textNumbers),
		),
	);
}

type Sees = (call: EnswitchCall) => boolean;

/** No customer here is under another one. */
export function visible(wanted: string, { customer: own, privileges }: Account): Sees | Result {
	const isAdministrator = privileges.includes('administrator');
	switch (wanted) {
		case '':
		case String(own):
			return ({ tags }) => tags.customer === own;
		case 'all':
		case 'recursive':
			return () => false;
		case 'system':
			return isAdministrator ? () => true : badRole;
		default:
			return isAdministrator
				? ({ tags }) => String(tags.customer) === wanted
				: refused(invalid('customer', 'Invalid customer.'));
	}
}

function activeRows({ switchboard: { live } }: Context, sees: Sees) {
	return live
		.all()
		.filter((call) => call.phase !== 'ended' && sees(call))
		.flatMap((call) =>
			legsOf(call).map(({ leg, row }) => ({
				...row,
				answered: unixTime(leg.answeredAt),
				billing_peer: 0,
			})),
		);
}

// https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/hangup/

export function hangUpCall(parameters: Parameters, { account, switchboard }: Context): Result {
	const wrong = check(parameters, { callid: text, uniqueid: text });
	if (wrong.length > 0) return refused(...wrong);
	const [callid = '', uniqueid = ''] = ['callid', 'uniqueid'].map((name) =>
		parameters.values.get(name),
	);
	if ((callid === '') === (uniqueid === '')) {
		const message = 'Either the callid or the uniqueid must be specified, but not both.';
		return refused(invalid(callid === '' ? 'callid' : 'uniqueid', message));
	}
	const isAdministrator = account.privileges.includes('administrator');
	const call = switchboard.live
		.all()
		.find(
			(one) =>
				one.phase !== 'ended' &&
				(isAdministrator || one.tags.customer === account.customer) &&
				legsOf(one).some(({ row }) =>
					callid === '' ? row.uniqueid === uniqueid : row.callid === callid,
				),
		);
	if (call === undefined) return noSuchCall;
	if (!isAdministrator && !mayUse(account, call)) return badRole;
	switchboard.hangUp(call.id);
	return done;
}

/** "Owner of a telephone line involved, or allowed to use any telephone line." */
function mayUse({ lines }: Account, { tags, first, second }: EnswitchCall): boolean {
	const involved = [
		...(tags.stype === 'phone' ? first.phones : []),
		...(tags.ctype === 'phone' ? (second?.phones ?? []) : []),
	];
	return lines === undefined || involved.some(({ number }) => lines.includes(number));
}
