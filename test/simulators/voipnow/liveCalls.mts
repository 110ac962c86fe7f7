import type { LiveCalls, Phone } from '../liveCalls.mts';
import type { HttpReply, HttpRequest } from '../server.mts';
import type { App } from './apps.mts';
import { pageOf, readDate, writeDate } from './collection.mts';
import type { ListRules, Resource } from './collection.mts';
import { extensions, findExtension } from './directory.mts';
import * as errors from './errors.mts';
import { errorReply, jsonReply } from './errors.mts';
import type { VoipNowError } from './errors.mts';
import { resolveUser } from './phoneCalls.mts';
import type { Tags, VoipNowCall } from './switchboard.mts';

// https://wiki.4psa.com/display/VNUAPI30/List+PhoneCalls, https://wiki.4psa.com/display/VNUAPI30/Delete+PhoneCalls,
// resource: https://wiki.4psa.com./display/VNUAPI30/PhoneCalls+Resource

/**
 * How a GET with the ID of a call is answered that is not live: not documented. `empty`: the collection without an
 * entry, `notFound`: 404, `noContent`: 204, `invalid`: 400.
 */
export type EndedReply = 'empty' | 'notFound' | 'noContent' | 'invalid';

export interface LiveContext {
	readonly app: App;
	readonly live: LiveCalls<Tags>;
	/** e.g. https://voipnow.example */
	readonly origin: string;
	readonly endedReply: EndedReply;
	/** Numbers come as text, as some installations write them. */
	readonly textNumbers: boolean;
}

/** What is behind `/uapi/phoneCalls/`: a user, an extension or @self, and the ID of a call if there is one. */
export interface Target {
	readonly userId: string;
	readonly extension: string;
	readonly callId?: string;
}

const rules: ListRules = {
	fields: [
		'id',
		'nonce',
		'extension',
		'ownerId',
		'ownerName',
		'published',
		'answered',
		'phoneCallView',
		'links',
	],
	filters: {
		id: ({ id }) => [id],
		published: ({ published }) => [String(published)],
	},
	isValue: (field, value) => field !== 'published' || readDate(value) !== undefined,
	badValue: () => errors.filterValueInvalid,
};

export function listCalls({ path }: HttpRequest, target: Target, context: LiveContext): HttpReply {
	const found = callsOf(target, context);
	if ('code' in found) return errorReply(found);
	const query = new URL(path, 'https://simulator.test').searchParams;
	const resources = found.calls.map((call) => resourceOf(call, target, context));
	const page = pageOf(query, rules, resources);
	if ('code' in page) return errorReply(page);
	if (target.callId !== undefined && found.calls.length === 0) {
		switch (context.endedReply) {
			case 'notFound':
				return errorReply(errors.callNotFound);
			case 'noContent':
				return { status: 204, body: '' };
			case 'invalid':
				return errorReply(errors.callIdInvalid);
			case 'empty':
				break;
		}
	}
	return jsonReply(200, { entry: page.entries.map(([, call]) => call), ...page.frame });
}

/** Without an ID it ends every call of the extension, and with @self every call of the user. */
export function hangUp({ path }: HttpRequest, target: Target, context: LiveContext): HttpReply {
	const query = new URL(path, 'https://simulator.test').searchParams;
	const odd = [...query.keys()].find((name) => name !== 'phoneNumber');
	if (odd !== undefined) return errorReply(errors.undocumented(odd));
	const found = callsOf(target, context);
	if ('code' in found) return errorReply(found);
	const number = query.get('phoneNumber');
	const ended = found.calls.filter(({ tags: { source, destination } }) =>
		number === null ? true : source.includes(number) || destination.includes(number),
	);
	if (ended.length === 0) return { status: 204, body: '' };
	for (const { id } of ended) context.live.hangUp(id);
	return jsonReply(
		200,
		ended.map(({ id }) => ({ id })),
	);
}

function callsOf(
	{ userId, extension, callId }: Target,
	{ app, live }: LiveContext,
): { readonly calls: readonly VoipNowCall[] } | VoipNowError {
	const own = extension === '@self' ? undefined : findExtension(extension, app.owner);
	if (extension !== '@self' && own === undefined) return errors.extensionInvalid;
	const user =
		userId === '@owner' && own === undefined
			? live.find(callId ?? '')?.tags.userId
			: resolveUser(userId, app.owner, own);
	if (user === undefined) {
		// @owner of @self is nobody, unless a live call shows who it is.
		return userId === '@owner' && callId !== undefined ? { calls: [] } : errors.userInvalid;
	}
	if (app.owner.kind === 'user' && app.owner.userId !== user) return errors.userInvalid;
	if (own !== undefined && own.ownerId !== user) return errors.extensionInvalid;
	const calls = live
		.all()
		.filter(
			(call) =>
				call.phase !== 'ended' &&
				call.tags.userId === user &&
				(own === undefined || isInvolved(own.extended, call)) &&
				(callId === undefined || call.id === callId),
		);
	return { calls };
}

function isInvolved(extended: string, { tags }: VoipNowCall): boolean {
	const { extension, source, destination } = tags;
	return [extension, ...[...source, ...destination].map(extendedOf)].includes(extended);
}

/** The number with its prefix, where it is one of an extension. */
export function extendedOf(number: string): string {
	return extensions.find(({ short }) => short === number)?.extended ?? number;
}

function isExtension(number: string): boolean {
	return extensions.some(({ extended }) => extended === extendedOf(number));
}

/** 2: inside, 4: to a public number, 8: from one. */
export function flowOf({ tags: { source, destination, from } }: VoipNowCall): 2 | 4 | 8 {
	if (from !== undefined) return 8;
	return [...source, ...destination].every(isExtension) ? 2 : 4;
}

/** "The Id of the Organization that owns the PhoneCall." */
export const owner = { ownerId: '53tete535', ownerName: '53tete535' };

function resourceOf(call: VoipNowCall, { userId }: Target, context: LiveContext): Resource {
	const { extension, nonce } = call.tags;
	return {
		id: call.id,
		nonce,
		extension,
		...owner,
		published: writeDate(call.placedAt),
		...dated('answered', call.connectedAt),
		phoneCallView: viewsOf(call, context.textNumbers),
		links: { self: `${context.origin}/uapi/phoneCalls/${userId}/${extension}/${call.id}` },
	};
}

/** A field that is NULL is left out. */
export function dated(name: string, moment: number | null): Readonly<Record<string, string>> {
	return moment === null ? {} : { [name]: writeDate(moment) };
}

/** One for each terminal that rings or talks; a public destination has no terminal here. */
function viewsOf(call: VoipNowCall, textNumbers: boolean): object[] {
	const { source, destination, extension } = call.tags;
	const written = (value: number) => (textNumbers ? String(value) : value);
	const { first, second } = call;
	const views = [first, second ?? []]
		.flat()
		.flatMap((leg) =>
			leg.phones
				.filter((phone) => isThere(phone) && (leg === first || isExtension(phone.number)))
				.map((phone) => ({ phone, leg, isSource: leg === first })),
		);
	return views.map(({ phone, leg, isSource }, index) => ({
		id: String(index).padStart(2, '0'),
		extension: isExtension(phone.number) ? extendedOf(phone.number) : extension,
		source,
		destination,
		flow: written(flowOf(call)),
		status: written(statusOf(call, isSource)),
		...dated('ringing', phone.ringingAt),
		...dated('answered', leg.answeredAt),
		...(leg.callerId !== '' && { callerID: leg.callerId }),
	}));
}

function isThere({ ringingAt, disposition }: Phone): boolean {
	return ringingAt !== null && (disposition === null || disposition === 'answered');
}

/** 2 trying, 3 ringing, 4 the other side is ringing, 5 on call. */
function statusOf({ phase }: VoipNowCall, isSource: boolean): number {
	if (phase === 'connected') return 5;
	if (phase === 'ringing_first' || (phase === 'ringing_second' && !isSource)) return 3;
	return phase === 'ringing_second' ? 4 : 2;
}
