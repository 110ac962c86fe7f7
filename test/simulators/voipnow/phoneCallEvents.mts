import { randomBytes } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../server.mts';
import type { App } from './apps.mts';
import { pageOf, writeDate } from './collection.mts';
import type { ListRules, Resource } from './collection.mts';
import { findExtension } from './directory.mts';
import type { Extension } from './directory.mts';
import * as errors from './errors.mts';
import { errorReply, jsonReply } from './errors.mts';
import type { VoipNowError } from './errors.mts';
import { resolveUser } from './phoneCalls.mts';

// Resource: https://wiki.4psa.com./display/VNUAPI30/PhoneCallEvents+Resource, and the pages of its requests.

/** An event that is registered. Numbers are text, as in the documented resource. */
export interface PhoneCallEvent {
	readonly id: string;
	/** With the prefix of its user. */
	readonly extension: string;
	/** 0 dial-in, 1 dial-out, 2 hangup, 3 answer of an incoming call, 4 answer of an outgoing one. */
	readonly type: string;
	/** 0 GET, 1 POST. */
	readonly method: string;
	readonly note: string;
	readonly url: string;
	/** 0 disabled, 1 enabled. */
	readonly status: string;
	readonly modified: number;
}

/**
 * How a registered event is answered, which is documented as "200 with the id, 204 without": `array` and `object` with
 * its ID, `noContent` 204, `empty` 200 without a body.
 */
export type EventReply = 'array' | 'object' | 'noContent' | 'empty';

export interface EventRules {
	/** Default `array`. */
	readonly eventReply: EventReply;
	/** How an empty list is answered, which is not documented; default `collection`. */
	readonly emptyList: 'collection' | 'noContent';
	/** Default true; older versions have no types 3 and 4. */
	readonly reportsAnswers: boolean;
}

export interface EventStore {
	readonly all: readonly PhoneCallEvent[];
	/** As if a person had entered it in the web interface; gives its ID. */
	enter(
		event: Partial<PhoneCallEvent> & Pick<PhoneCallEvent, 'extension' | 'type' | 'url'>,
	): string;
	change(id: string, changes: Partial<PhoneCallEvent>): void;
	clear(): void;
	/** Undefined if it is a request that is not documented. */
	answer(request: HttpRequest, target: EventTarget, app: App): HttpReply | undefined;
}

/** What is behind `/uapi/extensions/`. */
export interface EventTarget {
	readonly userId: string;
	readonly extension: string;
	readonly type?: string;
	readonly id?: string;
}

export const eventsPath =
	/^\/uapi\/extensions\/([^/]+)\/([^/]+)\/phoneCallEvents(?:\/([^/]*))?(?:\/([^/]*))?$/;

const listRules: ListRules = {
	fields: ['id', 'type', 'method', 'note', 'url', 'status', 'modified', 'links'],
	filters: Object.fromEntries(
		['id', 'method', 'modified', 'note', 'status', 'type', 'url'].map((name) => [
			name,
			(resource: Resource) => [String(resource[name])],
		]),
	),
	isValue: () => true,
	badValue: () => errors.filterValueInvalid,
};

export function createEventStore(
	{ eventReply, emptyList, reportsAnswers }: EventRules,
	now: () => number,
): EventStore {
	let all: PhoneCallEvent[] = [];

	const enter: EventStore['enter'] = (event) => {
		const id = randomBytes(15).toString('hex');
		const usual = { id, method: '0', note: '', status: '1', modified: now() };
		const entered = { ...usual, ...event };
		all.push(entered);
		return entered.id;
	};
	const select = ({ extended }: Extension, { type, id }: EventTarget) =>
		all.filter(
			(one) =>
				one.extension === extended &&
				(type === undefined || type === '' || one.type === type) &&
				(id === undefined || id === '' || one.id === id),
		);
	const list = (request: HttpRequest, target: EventTarget, extension: Extension) => {
		const query = new URL(request.path, 'https://simulator.test').searchParams;
		const own = select(extension, target);
		const page = pageOf(
			query,
			listRules,
			own.map((one) => resourceOf(one, target, request)),
		);
		if ('code' in page) return errorReply(page);
		if (own.length === 0 && emptyList === 'noContent') return { status: 204, body: '' };
		return jsonReply(200, { entry: page.entries.map(([, one]) => one), ...page.frame });
	};
	const create = (request: HttpRequest, target: EventTarget, extension: Extension): HttpReply => {
		const checked = checkEvent(request, reportsAnswers);
		if ('code' in checked) return errorReply(checked);
		const id = enter({ ...checked, extension: extension.extended });
		switch (eventReply) {
			case 'array':
				return jsonReply(200, [{ id, links: { self: linkTo(request, target, checked.type, id) } }]);
			case 'object':
				return jsonReply(200, { id });
			case 'noContent':
				return { status: 204, body: '' };
			case 'empty':
				return { status: 200, body: '' };
		}
	};
	/** Without an ID it deletes all of the type, and without a type all of the extension. */
	const remove = (target: EventTarget, extension: Extension): HttpReply => {
		const gone = select(extension, target);
		if (gone.length === 0) return { status: 204, body: '' };
		all = all.filter((one) => !gone.includes(one));
		return jsonReply(
			200,
			gone.map(({ id }) => ({ id })),
		);
	};

	return {
		get all() {
			return all;
		},
		enter,
		change: (id, changes) => {
			all = all.map((one) => (one.id === id ? { ...one, ...changes } : one));
		},
		clear: () => {
			all = [];
		},
		answer: (request, target, app) => {
			const extension = ownExtension(target, app);
			if ('code' in extension) return errorReply(extension);
			if (target.type !== undefined && !isType(target.type) && target.type !== '') {
				return errorReply(errors.eventTypeInvalid);
			}
			if (request.method === 'GET') return list(request, target, extension);
			if (request.method === 'DELETE') return remove(target, extension);
			const isCreation = request.method === 'POST' && target.type === undefined;
			return isCreation ? create(request, target, extension) : undefined;
		},
	};
}

/** A Phone Terminal, a queue, a conference or an IVR of the user, and never `@self`. */
function ownExtension({ userId, extension }: EventTarget, app: App): Extension | VoipNowError {
	const own = findExtension(decodeURIComponent(extension), app.owner);
	const user = resolveUser(userId, app.owner, own);
	if (user === undefined) return errors.userInvalid;
	if (app.owner.kind === 'user' && app.owner.userId !== user) return errors.userInvalid;
	return own?.ownerId === user ? own : errors.eventExtensionInvalid;
}

function isType(type: string): boolean {
	return /^[0-4]$/.test(type);
}

const members = ['type', 'method', 'note', 'url', 'status'];

type Checked = Pick<PhoneCallEvent, 'type' | 'method' | 'note' | 'url' | 'status'>;

function checkEvent(
	{ path, headers, body }: HttpRequest,
	reportsAnswers: boolean,
): Checked | VoipNowError {
	if (path.includes('?')) return errors.undocumented('This query');
	if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
		return errors.undocumented('This type of body');
	}
	const entered = readObject(body.toString('utf8'));
	if (entered === undefined) return errors.undocumented('This body');
	const odd = Object.keys(entered).find((name) => !members.includes(name));
	if (odd !== undefined) return errors.undocumented(odd);
	const { type, method, note = '', url, status = '1' } = entered;
	const longest = reportsAnswers ? /^[0-4]$/ : /^[0-2]$/;
	if (typeof type !== 'string' || !longest.test(type)) return errors.newEventTypeInvalid;
	if (method !== '0' && method !== '1') return errors.eventMethodInvalid;
	if (typeof note !== 'string' || note.length > 255) return errors.eventNoteInvalid;
	if (typeof url !== 'string' || !isUrl(url)) return errors.eventUrlInvalid;
	if (status !== '0' && status !== '1') return errors.eventStatusInvalid;
	return { type, method, note, url, status };
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
		return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
	} catch {
		return undefined;
	}
}

/** RFC 3986: nothing but its characters. */
function isUrl(url: string): boolean {
	return /^https?:\/\/(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-F]{2})+$/i.test(url) && URL.canParse(url);
}

function resourceOf(event: PhoneCallEvent, target: EventTarget, request: HttpRequest): Resource {
	const { id, type, method, note, url, status, modified } = event;
	const links = { self: linkTo(request, target, type, id) };
	return { type, id, method, note, url, status, modified: writeDate(modified), links };
}

function linkTo(
	{ headers }: HttpRequest,
	{ userId, extension }: EventTarget,
	type: string,
	id: string,
): string {
	return `https://${headers.host ?? ''}/uapi/extensions/${userId}/${extension}/phoneCallEvents/${type}/${id}`;
}
