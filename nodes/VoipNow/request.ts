import type { HttpRequest } from '../shared/wire/reply/http';
import { isPhone, plainNumber } from './numbers';
import type { VoipNowReference } from './reference';

/** Small enough for a reply of the length that is read, with up to eight phones in each call. */
export const pageSize = 25;

/** Where calls of this user and extension are, or one of them. */
function pathOf({ userId, extension }: VoipNowReference, callId?: string): string {
	// Without an extension, nobody is its owner.
	const user = extension === undefined ? withoutOwner(userId) : userId;
	const calls = `/uapi/phoneCalls/${user}/${extension ?? '@self'}`;
	return callId === undefined ? calls : `${calls}/${encodeURIComponent(callId)}`;
}

function withoutOwner(userId: string): string {
	return userId === '@owner' ? '@me' : userId;
}

function ask(path: string): HttpRequest {
	return { method: 'GET', path, headers: { Accept: 'application/json' } };
}

/** https://wiki.4psa.com/display/VNUAPI30/List+PhoneCalls: one live call. */
export function encodeCall(reference: VoipNowReference, callId: string): HttpRequest {
	return ask(pathOf(reference, callId));
}

/** https://wiki.4psa.com/display/VNUAPI30/List+PhoneCalls: a page of the live calls. VoipNow has no filter by nonce. */
export function encodeCalls(reference: VoipNowReference, start: number): HttpRequest {
	return ask(`${pathOf(reference)}?count=${pageSize}&startIndex=${start}`);
}

/**
 * https://wiki.4psa.com/display/VNUAPI30/Delete+PhoneCalls
 * Never without an ID: that would hang up all calls of the extension.
 */
export function encodeHangUp(reference: VoipNowReference, callId: string): HttpRequest {
	return { ...ask(pathOf(reference, callId)), method: 'DELETE' };
}

/**
 * https://wiki.4psa.com/display/VNUAPI30/List+CDR
 * A page of the call records that can have the call. VoipNow has no filter by ID.
 */
export function encodeRecords(reference: VoipNowReference, start: number): HttpRequest {
	const { userId, from, to, since } = reference;
	const query = Object.entries({
		count: String(pageSize),
		startIndex: String(start),
		source: filterOf(from),
		destination: filterOf(to),
		...savedAround(since),
	}).flatMap(([name, value]) =>
		value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
	);
	return ask(`/uapi/cdr/${withoutOwner(userId)}?${query.join('&')}`);
}

/**
 * VoipNow filters by one number, which has to be an extended one or a public one. It does not say whether its records keep
 * a +, so it gets none to filter by.
 */
function filterOf([number = '', ...others]: readonly string[]): string | undefined {
	const isOne = others.length === 0 && !number.includes('+');
	return isOne && isPhone(plainNumber(number)) ? plainNumber(number) : undefined;
}

const day = 24 * 60 * 60 * 1000;

/**
 * A record is saved when its call ends, and VoipNow takes this time without a zone: so a day before for any zone, and
 * after it another one for the longest call.
 */
function savedAround(since: Date | undefined): Readonly<Record<string, string>> {
	if (since === undefined) return {};
	const at = (days: number) =>
		new Date(since.getTime() + days * day).toISOString().replace(/\.\d+Z$/, '');
	return { saveStartDate: at(-1), saveEndDate: at(2) };
}
