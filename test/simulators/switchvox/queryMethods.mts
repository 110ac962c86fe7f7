import { element } from '../xml.mts';
import {
	displayName,
	extensionAttributes,
	extensions,
	findByAccountId,
	findByNumber,
} from './directory.mts';
import type { Extension } from './directory.mts';
import * as errors from './errors.mts';
import type { SwitchvoxError } from './errors.mts';
import type { Context, Outcome } from './methods.mts';
import type { ParameterForm, Parameters } from './parameters.mts';

// https://sangomakb.atlassian.net/wiki/x/NYGFCQ (switchvox.extensions.search)

export const searchForm: ParameterForm = {
	single: [
		'min_extension',
		'max_extension',
		'min_create_date',
		'max_create_date',
		'sort_field',
		'sort_order',
		'items_per_page',
		'page_number',
		'get_converged',
	],
	lists: { extension_types: 'extension_type' },
};

const sortKeys = new Map<string, (extension: Extension) => string | number>([
	['number', ({ number }) => Number(number)],
	['display', displayName],
	['account_id', ({ accountId }) => Number(accountId)],
	['extension_type', ({ type }) => type],
	['date_created', ({ dateCreated }) => dateCreated],
]);

/** The vendor's page of extension types is not public; these are the public client SwitchvoxAPI's. */
const extensionTypes = new Set([
	...['sip', 'call_queue', 'ivr', 'virtual', 'intercom', 'directory', 'voicemail', 'zap'],
	...['feature_intercom', 'feature_directed_pickup', 'feature_send_to_vm', 'feature_monitor'],
	...[
		'feature_fax',
		'simple_conference',
		'conference',
		'agentcallbacklogin',
		'agentcallbacklogoff',
	],
	...['group_pickup', 'callpark', 'parkinglog', 'autodial'],
]);

/** The paging attributes are those of the documented callLogs.search and of public clients' tests. */
export function searchExtensions(parameters: Parameters): Outcome {
	const wrong = checkSearch(parameters);
	if (wrong.length > 0) return { errors: wrong };
	const found = sortExtensions(extensions.filter(matches(parameters)), parameters);
	const itemsPerPage = Number(parameters.single('items_per_page') ?? '50');
	const pageNumber = Number(parameters.single('page_number') ?? '1');
	const paging = {
		page_number: pageNumber,
		total_pages: Math.max(1, Math.ceil(found.length / itemsPerPage)),
		items_per_page: itemsPerPage,
		total_items: found.length,
	};
	const page = found.slice((pageNumber - 1) * itemsPerPage, pageNumber * itemsPerPage);
	return { result: element('extensions', paging, ...page.map(renderExtension)) };
}

function checkSearch(parameters: Parameters): SwitchvoxError[] {
	const wrong: SwitchvoxError[] = [];
	for (const name of ['min_extension', 'max_extension']) {
		const extension = parameters.single(name) ?? '0';
		if (!/^[0-9*]+$/.test(extension)) wrong.push(errors.invalidExtension(extension));
	}
	if (
		Number(parameters.single('max_extension') ?? Infinity) <=
		Number(parameters.single('min_extension') ?? -1)
	) {
		wrong.push(errors.invalidValue('max_extension', 'It must be greater than min_extension.'));
	}
	for (const name of ['min_create_date', 'max_create_date']) {
		const date = parameters.single(name) ?? '2000-01-01 00:00:00';
		if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(date)) {
			wrong.push(errors.invalidValue(name, 'The format is YYYY-MM-DD HH:MM:SS'));
		}
	}
	if (
		(parameters.single('max_create_date') ?? '9999') <= (parameters.single('min_create_date') ?? '')
	) {
		wrong.push(errors.invalidDateOrder);
	}
	const types = parameters.list('extension_types') ?? [];
	for (const type of types.filter((one) => !extensionTypes.has(one))) {
		wrong.push(errors.invalidValue('extension_type', `There is no type ${type}.`));
	}
	if (!/^[01]$/.test(parameters.single('get_converged') ?? '0')) {
		wrong.push(errors.invalidValue('get_converged', 'Possible values : 0 or 1'));
	}
	if (!sortKeys.has(parameters.single('sort_field') ?? 'number'))
		wrong.push(errors.invalidSortField);
	if (!/^(?:ASC|DESC)$/.test(parameters.single('sort_order') ?? 'ASC')) {
		wrong.push(errors.invalidSortOrder);
	}
	const positive = /^[1-9]\d{0,5}$/;
	if (!positive.test(parameters.single('items_per_page') ?? '50')) {
		wrong.push(errors.invalidItemsPerPage);
	}
	if (!positive.test(parameters.single('page_number') ?? '1')) wrong.push(errors.invalidPageNumber);
	return wrong;
}

function matches(parameters: Parameters): (extension: Extension) => boolean {
	const min = Number(parameters.single('min_extension') ?? '0');
	const max = Number(parameters.single('max_extension') ?? 'Infinity');
	const minDate = parameters.single('min_create_date') ?? '';
	const maxDate = parameters.single('max_create_date') ?? '9999';
	const types = parameters.list('extension_types') ?? [];
	return ({ number, type, dateCreated }) =>
		Number(number) >= min &&
		Number(number) <= max &&
		dateCreated >= minDate &&
		dateCreated <= maxDate &&
		(types.length === 0 || types.includes(type));
}

function sortExtensions(found: readonly Extension[], parameters: Parameters): Extension[] {
	const key = sortKeys.get(parameters.single('sort_field') ?? 'number') ?? displayName;
	const direction = parameters.single('sort_order') === 'DESC' ? -1 : 1;
	return [...found].sort((a, b) => {
		const [left, right] = [key(a), key(b)];
		return left === right ? 0 : left < right ? -direction : direction;
	});
}

function renderExtension(extension: Extension): string {
	return element('extension', extensionAttributes(extension));
}

// https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097343 (switchvox.extensions.getInfo)

export const getInfoForm: ParameterForm = {
	lists: { extensions: 'extension', account_ids: 'account_id' },
};

/** Unknown numbers and IDs are silently left out. */
export function getExtensionInfo(parameters: Parameters): Outcome {
	const numbers = parameters.list('extensions');
	const accountIds = parameters.list('account_ids');
	if (!numbers && !accountIds)
		return { errors: [errors.missingEither('extensions', 'account_ids')] };
	const wrong = [
		...(numbers ?? []).filter((number) => !/^[0-9*]+$/.test(number)).map(errors.invalidExtension),
		...(accountIds ?? []).filter((id) => !/^\d+$/.test(id)).map(errors.invalidAccountId),
	];
	if (wrong.length > 0) return { errors: wrong };
	const asked = [...(numbers ?? []).map(findByNumber), ...(accountIds ?? []).map(findByAccountId)];
	if (asked.length === 0) return { errors: [errors.missingExtensions] };
	const found = [...new Set(asked)].filter((extension) => extension !== undefined);
	return { result: element('extensions', {}, ...found.map(renderExtension)) };
}

// https://sangomakb.atlassian.net/wiki/pages/viewpage.action?pageId=530382895 (switchvox.users.getMyInfo)

export function getMyInfo(_: Parameters, { account }: Context): Outcome {
	const own = account.kind === 'user' ? findByAccountId(account.accountId) : undefined;
	return own ? { result: renderExtension(own) } : { errors: [errors.notPermitted] };
}

/** STAND-IN: no reply of this method is public; the element is that of switchvox.info.getList. */
export function getSoftwareVersion(_: Parameters, { software }: Context): Outcome {
	return { result: element('software', { edition: 'smb', ...software }) };
}
