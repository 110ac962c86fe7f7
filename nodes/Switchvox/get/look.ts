import { type Found, foundAmong } from '../../shared/calling/contract/found';
import { done, eachPage, type Step } from '../../shared/wire/exchange/conversation';
import { localSpan, writeLocalTime } from '../../shared/wire/text/localTime';
import { child, childrenNamed, element, type XmlElement } from '../../shared/wire/text/xml';
import { type Answer, ask, askZone, isDenied, lacking, refusal } from '../ask';
import { askCurrent, isInTime } from '../current';
import { isBetween, type SwitchvoxReference } from '../reference';
import { currentCall, loggedCall } from './sightings';

/**
 * Looks among the current calls, then in the call logs. Neither shows what the API has placed, so a call is known by its
 * two numbers and its time only. An extension user may see the logs of its own account, and nothing else.
 */
export function look(reference: SwitchvoxReference): Step<Found> {
	return askCurrent<Found>(
		reference,
		(calls) =>
			askZone((zone) => {
				const matches = calls.filter((call) => isInTime(reference, call, zone));
				return matches.length > 0
					? done(foundAmong(matches.map((call) => currentCall(call, reference, zone))))
					: searchLogs(reference, { method: allLogs, zone });
			}),
		(denial) => searchOwnLogs(reference, denial),
	);
}

const allLogs = 'switchvox.callLogs.search';
const ownLogs = 'switchvox.users.callLogs.search';

/** Only an extension user has an account of its own. An administrator may lack the right to one of the lists. */
function searchOwnLogs(reference: SwitchvoxReference, denial: Answer): Step<Found> {
	return ask<Found>('switchvox.users.getMyInfo', [], ({ errors, result }) => {
		const accountId = child(result, 'extension')?.attributes.account_id;
		return errors.length > 0 || accountId === undefined
			? askZone((zone) => searchLogs(reference, { method: allLogs, denial, zone }))
			: searchLogs(reference, { method: ownLogs, accountId, denial, zone: undefined });
	});
}

interface Search {
	readonly method: typeof allLogs | typeof ownLogs;
	/** An extension user has to name its own. */
	readonly accountId?: string;
	/** The reply to the question for the current calls, if the account may not see them. */
	readonly denial?: Answer;
	/** Undefined if it is not known. */
	readonly zone: number | undefined;
}

const pageSize = 500;
/** More calls than any Switchvox has in the longest span that is searched. */
const mostPages = 20;

/** https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31031840 */
function searchLogs(
	reference: SwitchvoxReference,
	{ method, accountId, denial, zone }: Search,
): Step<Found> {
	const { earliest, latest } = localSpan(reference.began, zone);
	const parameters = [
		element('start_date', writeLocalTime(earliest)),
		element('end_date', writeLocalTime(latest)),
		...(accountId === undefined ? [] : [element('account_id', accountId)]),
		element('items_per_page', String(pageSize)),
	];
	return eachPage<number, XmlElement, Found>(
		1,
		mostPages,
		(page, next) =>
			ask<Found>(method, [...parameters, element('page_number', String(page))], (answer) => {
				if (isDenied(answer) && denial === undefined) return done(noLogs);
				if (answer.errors.length > 0) return done(refusal(answer, rights[method]));
				const calls = child(answer.result, 'calls');
				if (calls === undefined) return done(lacking(answer, 'calls'));
				return next(
					childrenNamed(calls, 'call').filter((call) => isTheCall(reference, call, zone)),
					page < Number(calls.attributes.total_pages) ? page + 1 : undefined,
				);
			}),
		(matches) => {
			const found = foundAmong(matches.map((call) => loggedCall(call, reference, zone)));
			return done(found.kind === 'none' && denial !== undefined ? noCurrentCalls : found);
		},
	);
}

/** For an account that may see neither the current calls nor the logs. */
const rights: Readonly<Record<Search['method'], string>> = {
	[allLogs]:
		'Following a call needs an administrator who may see the current calls (switchvox.currentCalls.getList) or search the call logs (switchvox.callLogs.search), or the extension user whose account placed the call. Give the account in the credential that right in Switchvox, or use another one.',
	[ownLogs]:
		'The extension user in the credential may not search its own call logs (switchvox.users.callLogs.search). Give it that right in Switchvox, or use an administrator.',
};

const noCurrentCalls: Found = {
	kind: 'none',
	unread: {
		list: 'live',
		why: 'The account in the credential may not see the current calls (switchvox.currentCalls.getList), so a call is seen only after its end.',
	},
};

const noLogs: Found = {
	kind: 'none',
	unread: {
		list: 'record',
		why: 'The account in the credential may not search the call logs (switchvox.callLogs.search), so a call is seen only until its end.',
	},
};

function isTheCall(
	reference: SwitchvoxReference,
	call: XmlElement,
	zone: number | undefined,
): boolean {
	const { from_number: from, to_number: to } = call.attributes;
	return isBetween(reference, from, to) && isInTime(reference, call, zone);
}
