import { element, parseXml } from '../xml.mts';
import type { XmlElement } from '../xml.mts';
import type { Account } from './accounts.mts';
import { call, callForm, usersCall, usersCallForm } from './callMethods.mts';
import * as errors from './errors.mts';
import type { SwitchvoxError } from './errors.mts';
import { readParameters } from './parameters.mts';
import {
	getSystemClock,
	hangUpCurrentCall,
	hangUpForm,
	listCurrentCalls,
	searchLogs,
	searchLogsForm,
	searchOwnLogs,
	searchOwnLogsForm,
} from './followMethods.mts';
import type { ParameterForm, Parameters } from './parameters.mts';
import {
	getExtensionInfo,
	getInfoForm,
	getMyInfo,
	getSoftwareVersion,
	searchExtensions,
	searchForm,
} from './queryMethods.mts';
import type { Switchboard } from './switchboard.mts';

/** What a method knows besides its parameters. */
export interface Context {
	readonly account: Account;
	readonly switchboard: Switchboard;
	readonly accountIdOptional: boolean;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Of its own time. */
	readonly zoneHours: number;
	/** Whether the first party of a call that rings is shown as the called one. */
	readonly showsFirstAsCalled: boolean;
	readonly software: { readonly version: string; readonly version_display: string };
}

export type Outcome =
	/** The markup inside `<result>`. */
	{ readonly result: string } | { readonly errors: readonly SwitchvoxError[] };

interface Method {
	readonly audience: Account['kind'] | 'both';
	/** Placing a call needs read and write on "Manage Extensions", reading needs read only. */
	readonly places?: true;
	/** Looks for calls, or hangs them up. */
	readonly follows?: true;
	readonly form: ParameterForm;
	readonly run: (parameters: Parameters, context: Context) => Outcome | Promise<Outcome>;
}

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
	['switchvox.call', { audience: 'admin', places: true, form: callForm, run: call }],
	['switchvox.users.call', { audience: 'user', places: true, form: usersCallForm, run: usersCall }],
	['switchvox.extensions.search', { audience: 'admin', form: searchForm, run: searchExtensions }],
	['switchvox.extensions.getInfo', { audience: 'admin', form: getInfoForm, run: getExtensionInfo }],
	[
		'switchvox.currentCalls.getList',
		{ audience: 'admin', follows: true, form: {}, run: listCurrentCalls },
	],
	[
		'switchvox.currentCalls.hangUp',
		{ audience: 'admin', follows: true, form: hangUpForm, run: hangUpCurrentCall },
	],
	[
		'switchvox.callLogs.search',
		{ audience: 'admin', follows: true, form: searchLogsForm, run: searchLogs },
	],
	[
		'switchvox.users.callLogs.search',
		{ audience: 'both', follows: true, form: searchOwnLogsForm, run: searchOwnLogs },
	],
	[
		'switchvox.systemClock.getInfo',
		{ audience: 'admin', follows: true, form: {}, run: getSystemClock },
	],
	['switchvox.info.getSoftwareVersion', { audience: 'admin', form: {}, run: getSoftwareVersion }],
	['switchvox.users.getMyInfo', { audience: 'user', form: {}, run: getMyInfo }],
]);

/** A request whose envelope has been read; its parameters have not been looked at. */
export type SwitchvoxRequest =
	| {
			readonly method: string;
			readonly transactionId?: string;
			readonly parameters: readonly XmlElement[];
	  }
	| { readonly method?: string; readonly errors: readonly SwitchvoxError[] };

const envelopeAttributes = ['method', 'version', 'transaction_id'];

export function readRequest(body: Buffer): SwitchvoxRequest {
	if (body.toString('latin1').trim() === '') return { errors: [errors.emptyRequest] };
	const parsed = parseXml(body);
	if ('fault' in parsed) return { errors: [errors.malformedXml(parsed.fault)] };
	const { root } = parsed;
	const { method } = root.attributes;
	const malformed = (why: string) => ({ method, errors: [errors.malformedRequest(why)] });

	if (root.name !== 'request' || !method) return malformed('no <request method="...">');
	const stray = Object.keys(root.attributes).find((name) => !envelopeAttributes.includes(name));
	if (stray !== undefined) return malformed(`unknown attribute ${stray}`);
	const [parameters, ...more] = root.children;
	if (more.length > 0) return malformed('more than one element in <request>');
	if (parameters && parameters.name !== 'parameters') return malformed(`<${parameters.name}>`);
	if (`${root.text}${parameters?.text ?? ''}`.trim() !== '')
		return malformed('text beside elements');
	if (parameters && Object.keys(parameters.attributes).length > 0) {
		return malformed('attributes of <parameters>');
	}
	const transactionId = root.attributes.transaction_id;
	return { method, transactionId, parameters: parameters?.children ?? [] };
}

/** What the request is meant to do, well-formed or not. */
export function concernOf(request: SwitchvoxRequest): 'calls' | 'follow' | undefined {
	const method = methods.get(request.method ?? '');
	if (method?.places === true) return 'calls';
	return method?.follows === true ? 'follow' : undefined;
}

/** The reply's XML. */
export async function answerRequest(request: SwitchvoxRequest, context: Context): Promise<string> {
	const outcome = await run(request, context);
	const attributes = {
		...(request.method && { method: request.method }),
		...('transactionId' in request &&
			request.transactionId !== undefined && { transaction_id: request.transactionId }),
	};
	const content =
		'errors' in outcome
			? errors.renderErrors(outcome.errors)
			: element('result', {}, outcome.result);
	return element('response', attributes, content);
}

async function run(request: SwitchvoxRequest, context: Context): Promise<Outcome> {
	if ('errors' in request) return request;
	const method = methods.get(request.method);
	if (!method) return { errors: [errors.unknownMethod(request.method)] };
	if (!permits(method, request.method, context.account)) return { errors: [errors.notPermitted] };
	const parameters = readParameters(request.parameters, method.form);
	if ('errors' in parameters) return parameters;
	return method.run(parameters, context);
}

function permits(method: Method, name: string, account: Account): boolean {
	if (method.audience !== 'both' && method.audience !== account.kind) return false;
	if (account.kind === 'admin' && account.denied?.includes(name) === true) return false;
	return !(method.places && account.kind === 'admin' && account.manageExtensions === 'readOnly');
}
