import type { Account, Privilege } from './accounts.mts';
import { cards, customers, findLine, lines, recordGroups } from './directory.mts';
import { hangUpCall, listActiveCalls, listActiveCallsOfPanel } from './liveCalls.mts';
import { check, flag, integer, text } from './parameters.mts';
import type { Parameters, Rule } from './parameters.mts';
import { listRecords } from './records.mts';
import { badRatePlan, badRole, done, invalid, ok, refused } from './responses.mts';
import type { Entry, Result } from './responses.mts';
import type { CallRequest, Switchboard } from './switchboard.mts';

/** What a function may know besides its parameters. */
export interface Context {
	readonly account: Account;
	readonly switchboard: Switchboard;
	/** Versions before the parameter `password` of phones/list: passwords come without being asked for. */
	readonly listsPasswords: boolean;
	readonly version: Version;
	/** The lists overlook parameters that they do not know. */
	readonly ignoresUnknown: boolean;
	/** Numbers in the rows of calls come as text. */
	readonly textNumbers: boolean;
	readonly recordAfterSeconds: number;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** Before 3.15, only an administrator hangs up; before 4.0, the lists know fewer parameters. */
export type Version = '3.14' | '4.4';

interface ApiFunction {
	/** Any of these will do. */
	readonly privileges: (version: Version) => readonly Privilege[];
	/** What it does to calls: where faults hit. */
	readonly concerns?: 'calls' | 'follow';
	readonly run: (parameters: Parameters, context: Context) => Result | Promise<Result>;
}

const any =
	(...privileges: readonly Privilege[]) =>
	() =>
		privileges;
const maySeeLive = any('callshop', 'telephone line reports', 'user');
const mayHangUp = (version: Version): readonly Privilege[] =>
	version === '3.14' ? ['administrator'] : ['actions', 'panel'];

/** By the part of the path after `/api/json/`. */
const functions: ReadonlyMap<string, ApiFunction> = new Map<string, ApiFunction>([
	['calls/make', { privileges: any('actions', 'panel'), concerns: 'calls', run: makeCall }],
	['calls/active/list', { privileges: maySeeLive, concerns: 'follow', run: listActiveCalls }],
	[
		'calls/active/list/panel',
		{ privileges: any('panel'), concerns: 'follow', run: listActiveCallsOfPanel },
	],
	['calls/hangup', { privileges: mayHangUp, concerns: 'follow', run: hangUpCall }],
	['cdrs/list', { privileges: any('callshop', 'cdrs'), concerns: 'follow', run: listRecords }],
	['phones/list', { privileges: any('residential', 'user'), run: listPhones }],
	['user/login', { privileges: any('user'), run: logIn }],
]);

export function findFunction(name: string): ApiFunction | undefined {
	return functions.get(name);
}

export async function runFunction(
	{ privileges, run }: ApiFunction,
	parameters: Parameters,
	context: Context,
): Promise<Result> {
	const allowed = privileges(context.version).some((one) =>
		context.account.privileges.includes(one),
	);
	return allowed ? await run(parameters, context) : badRole;
}

// https://vobi.com.au/wpsp_knowledge_base/make-a-call/

const type: Rule = { pattern: /^(?:phone)?$/, message: 'Must be phone or empty.' };

const callForm: Readonly<Record<string, Rule>> = {
	stype: type,
	snumber: { ...text, required: true },
	ctype: type,
	cnumber: { ...text, required: true },
	cdialplan: { pattern: /^(?:auto)?$/, message: 'Only auto is supported.' },
	card: text,
	customer: integer,
	answer1: flag,
	answer2: flag,
	callerid1: text,
	callerid2: text,
	recordgroup: integer,
	screen1: flag,
	screen2: flag,
	warn1: flag,
	warn2: flag,
	delay: integer,
	wait: integer,
	noforwards: flag,
};

async function makeCall(
	parameters: Parameters,
	{ account, switchboard }: Context,
): Promise<Result> {
	const malformed = check(parameters, callForm);
	if (malformed.length > 0) return refused(...malformed);
	const request = toCallRequest(parameters, account);
	const wrong = checkCall(request);
	if (wrong.length > 0) return refused(...wrong);
	if (account.ratePlanAllows === false) return badRatePlan;
	const known = await switchboard.place(request);
	if (known === undefined) return done;
	const { machine, server, callid } = known;
	return ok({ machine, server, callid });
}

function toCallRequest({ values }: Parameters, account: Account): CallRequest {
	const given = (name: string, otherwise = '') => values.get(name) ?? otherwise;
	const kind = (name: string) => (given(name) === 'phone' ? 'phone' : '');
	return {
		stype: kind('stype'),
		snumber: given('snumber'),
		ctype: kind('ctype'),
		cnumber: given('cnumber'),
		cdialplan: given('cdialplan'),
		card: given('card'),
		customer: Number(given('customer', String(account.customer))),
		answer1: given('answer1', '0') === '1',
		answer2: given('answer2', '0') === '1',
		callerid1: given('callerid1'),
		callerid2: given('callerid2'),
		recordgroup: Number(given('recordgroup', '0')),
		screen1: given('screen1', '0') === '1',
		screen2: given('screen2', '0') === '1',
		warn1: given('warn1', '1') === '1',
		warn2: given('warn2', '1') === '1',
		delaySeconds: Number(given('delay', '0')),
		waitSeconds: Number(given('wait', '0')),
		noforwards: given('noforwards', '0') === '1',
	};
}

function checkCall(request: CallRequest): Entry[] {
	const { stype, snumber, ctype, cnumber, card, customer, recordgroup } = request;
	const reachable = (kind: string, number: string) =>
		kind === 'phone' ? findLine(number) !== undefined : /^[0-9*#]+$/.test(number);
	return [
		...(reachable(stype, snumber) ? [] : [invalid('snumber', 'Invalid telephone line or number.')]),
		...(reachable(ctype, cnumber) ? [] : [invalid('cnumber', 'Invalid telephone line or number.')]),
		...(customers.has(customer) ? [] : [invalid('customer', 'Invalid customer.')]),
		...(card === '' || cards.get(card) === customer ? [] : [invalid('card', 'Invalid card.')]),
		...(recordgroup === 0 || recordGroups.has(recordgroup)
			? []
			: [invalid('recordgroup', 'Invalid record group.')]),
	];
}

// https://integrics.com/enswitch/guides/4.4/en/dev/json/phones/list/

const listForm: Readonly<Record<string, Rule>> = {
	count: flag,
	customer: integer,
	descending: flag,
	limit: integer,
	offset: integer,
	owner: { pattern: /^-?\d{1,9}$/, message: 'Must be an integer.' },
	pages: flag,
	sort: { pattern: /^(?:name|description)$/, message: 'Must be name or description.' },
};

function listPhones(parameters: Parameters, { listsPasswords }: Context): Result {
	const form = listsPasswords ? listForm : { ...listForm, password: flag };
	const wrong = check(parameters, form);
	if (wrong.length > 0) return refused(...wrong);
	const given = (name: string) => Number(parameters.values.get(name) ?? '0');
	const limit = given('limit') === 0 ? lines.length : given('limit');
	const page = lines.slice(given('offset'), given('offset') + limit);
	const withPassword = listsPasswords || given('password') === 1;
	return ok(
		page.map(({ id, name, description, password }) => ({
			id,
			name,
			description,
			display: description === '' ? name : `${name} ${description}`,
			...(withPassword && { password, hardware_password: password }),
			customer: 42,
			active: 1,
		})),
	);
}

// https://integrics.com/enswitch/guides/4.4/en/dev/json/user/login/

function logIn(parameters: Parameters, { account }: Context): Result {
	const wrong = check(parameters, { token: flag });
	if (wrong.length > 0) return refused(...wrong);
	return ok({ id: 1, username: account.username, customer: account.customer });
}
