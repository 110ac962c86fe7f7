import type { INodeProperties } from 'n8n-workflow';

import type {
	Added,
	EventName,
	Listed,
	Registered,
	Registration,
	Removed,
	Subscription,
} from '../shared/calling/contract/events';
import type { Trouble } from '../shared/calling/contract/outcome';
import { unreadable } from '../shared/calling/contract/reply';
import { type FieldReader, readForm } from '../shared/form/reader';
import { done, eachPage, type Step } from '../shared/wire/exchange/conversation';
import { explain } from '../shared/wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../shared/wire/reply/http';
import {
	isJsonList,
	type JsonObject,
	type JsonValue,
	member,
	textOf,
} from '../shared/wire/text/json';
import { maxListCharacters } from '../shared/wire/text/limits';
import { isAmong } from './numbers';
import { checkUserId, extensionPattern } from './reference';
import { nextStart, readCollection, readReply } from './reply';
import { troubleIn, voipNow } from './search';

/** An event of VoipNow. */
export interface EventType {
	/** In the address, because VoipNow does not send which event it is. */
	readonly word: string;
	/** In the API. */
	readonly type: string;
	/** In the documentation. */
	readonly label: string;
	readonly event: EventName;
}

/**
 * https://wiki.4psa.com./display/VNUAPI30/PhoneCallEvents+Resource
 * https://wiki.4psa.com./display/VNUAPI30/VoipNow+Call+Events
 */
export const eventTypes: readonly EventType[] = [
	{ word: 'dial-in', type: '0', label: 'Dial-In', event: 'ringing' },
	{ word: 'dial-out', type: '1', label: 'Dial-Out', event: 'outgoing' },
	{ word: 'hangup', type: '2', label: 'Hangup', event: 'ended' },
	{ word: 'answer-in', type: '3', label: 'Answer on incoming call', event: 'answered' },
	{ word: 'answer-out', type: '4', label: 'Answer on outgoing call', event: 'answered' },
];

/** The trigger's own fields. Workflows contain their names and values, so they never change. */
export const eventFields: INodeProperties[] = [
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		required: true,
		default: '@me',
		placeholder: 'e.g. 12',
		description:
			'The user who owns the extensions: a user ID, @me or @viewer for the user of the App, or @owner for the owner of each extension',
		hint: 'An App of the administrator or of an organization cannot use @me: enter a user ID.',
	},
	{
		displayName: 'Extensions',
		name: 'extensions',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 0003*210, 0003*211',
		description:
			'The extensions whose calls start the workflow, separated by commas: phones, queues, conferences or IVRs. An expression can give a list.',
	},
];

export const registration: Registration = {
	read: (form, events, address) => {
		const types = eventTypes.filter(({ event }) => events.includes(event));
		return readForm(eventFields, form, (reader) =>
			readPlaces(reader).flatMap(({ userId, extension }) =>
				types.map(({ type, word }) => ({
					place: `${userId}/${extension}`,
					type,
					url: `${address}?event=${word}&extension=${extension}`,
				})),
			),
		);
	},
	list,
	add,
	remove,
};

interface Place {
	readonly userId: string;
	readonly extension: string;
}

function readPlaces(form: FieldReader): readonly Place[] {
	const userId = checkUserId(form, form.requiredText('userId'));
	const extensions: string[] = [];
	const entries = form.list('extensions');
	if (entries?.length === 0) form.refuse('extensions', 'is empty. Enter one or more extensions.');
	for (const extension of entries ?? []) {
		if (!extensionPattern.test(extension)) {
			form.refuse('extensions', `has "${extension}". Enter numbers like 210 or 0003*210.`);
		} else if (!isAmong(extension, extensions)) {
			// 210 and 0003*210 are one phone, whose events would come twice.
			extensions.push(extension);
		}
	}
	return extensions.map((extension) => ({ userId, extension }));
}

const pageSize = 100;

/** More than any extension has; it ends a list whose pages do not end. */
const mostPages = 20;

/** https://wiki.4psa.com./display/VNUAPI30/List+PhoneCallEvents */
function list(place: string): Step<Listed | Trouble> {
	return eachPage<number, Registered, Listed | Trouble>(
		0,
		mostPages,
		(start, next) => ({
			kind: 'ask',
			request: ask('GET', `${pathOf(place)}?count=${pageSize}&startIndex=${start}`),
			next(response) {
				const trouble = troubleAt(place, response);
				if (trouble !== undefined) return done(trouble);
				// An empty list comes without a body.
				if (response.status === 204) return next([], undefined);
				const { json } = readReply(response, undefined, maxListCharacters);
				const page = readCollection(json);
				if (page === undefined) {
					return done(unreadable(voipNow, response, 'it has no phone call events', json));
				}
				const events = page.entries.flatMap((entry) => readEvent(place, entry) ?? []);
				return next(events, nextStart(page, start, pageSize));
			},
		}),
		(all) => done({ kind: 'listed', all }),
	);
}

/** Undefined without an ID: nothing could be done with it. */
function readEvent(place: string, entry: JsonObject): Registered | undefined {
	const id = textOf(entry.id);
	const type = textOf(entry.type);
	if (id === undefined || type === undefined) return undefined;
	const isActive = textOf(entry.status) === enabled && textOf(entry.method) === post;
	// A server can write an address in another way.
	const url = (textOf(entry.url) ?? '').replace(/%2a/gi, '*');
	return { place, type, id, url, isActive };
}

const post = '1';
const enabled = '1';

/** https://wiki.4psa.com./display/VNUAPI30/Create+PhoneCallEvents */
function add(wanted: Subscription, note: string): Step<Added | Trouble> {
	const { place, type, url } = wanted;
	const body = JSON.stringify({ type, method: post, note, url, status: enabled });
	return {
		kind: 'ask',
		request: ask('POST', pathOf(place), body),
		next(response) {
			const trouble = troubleAt(place, response);
			if (trouble !== undefined) return done(trouble);
			const { json } = readReply(response);
			const id = textOf(member(isJsonList(json) ? json[0] : json, 'id'));
			// VoipNow may leave out the ID.
			return id === undefined ? findAdded(wanted, response, json) : done({ kind: 'added', id });
		},
	};
}

function findAdded(
	{ place, type, url }: Subscription,
	response: HttpResponse,
	json: JsonValue | undefined,
): Step<Added | Trouble> {
	return after(list(place), (listed) => {
		if (listed.kind === 'explanation') return done(listed);
		const found = listed.all.find((one) => one.type === type && one.url === url);
		return done(
			found === undefined
				? unreadable(voipNow, response, 'it does not name the new phone call event', json)
				: { kind: 'added', id: found.id },
		);
	});
}

/**
 * https://wiki.4psa.com./display/VNUAPI30/Delete+PhoneCallEvents
 * Never without an ID: that would delete all events of the extension.
 */
function remove({ place, type, id }: Registered): Step<Removed | Trouble> {
	if (!/^\d+$/.test(type) || !/^[a-z\d]{1,255}$/i.test(id)) return done(nameless(place));
	return {
		kind: 'ask',
		request: ask('DELETE', `${pathOf(place)}/${type}/${id}`),
		next(response) {
			if (isGone(response)) return done({ kind: 'removed' });
			const trouble = troubleAt(place, response);
			if (trouble !== undefined) return done(trouble);
			const { json } = readReply(response);
			// A web page comes with HTTP 200, too.
			const isReply = json !== undefined || response.body.trim() === '';
			return done(
				isReply ? { kind: 'removed' } : unreadable(voipNow, response, 'it is not JSON', json),
			);
		},
	};
}

/** How VoipNow says that there is no such event is documented for an update only. */
function isGone(response: HttpResponse): boolean {
	const code = readReply(response).error?.code ?? '';
	return response.status === 404 ? code !== '' : code === 'pce_id_invalid';
}

function nameless(place: string): Trouble {
	return explain(
		'refused',
		'unreadable_reply',
		`${extensionOf(place)}: VoipNow shows a phone call event without a valid ID, so it cannot be deleted.`,
		'Delete it in VoipNow.',
	);
}

/** Continues with the result of another conversation. */
function after<Result, Next>(step: Step<Result>, next: (result: Result) => Step<Next>): Step<Next> {
	if (step.kind === 'done') return next(step.result);
	return { ...step, next: (response) => after(step.next(response), next) };
}

function pathOf(place: string): string {
	return `/uapi/extensions/${place}/phoneCallEvents`;
}

function ask(method: HttpRequest['method'], path: string, body?: string): HttpRequest {
	const headers = { Accept: 'application/json' };
	if (body === undefined) return { method, path, headers };
	return { method, path, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

function extensionOf(place: string): string {
	return `Extension ${place.slice(place.indexOf('/') + 1)}`;
}

/** What is wrong with a reply about the events of an extension; undefined if it is a success. */
function troubleAt(place: string, response: HttpResponse): Trouble | undefined {
	const trouble = troubleIn(response, asking);
	return trouble && { ...trouble, what: `${extensionOf(place)}: ${trouble.what}` };
}

const labels: ReadonlyMap<string, string> = new Map([
	...eventFields.map(({ name, displayName }) => [name, displayName] as const),
	['events', 'Events'],
]);

/** The documentation names no other rights. */
const asking = {
	names: (name: string) => labels.get(name),
	rights:
		'To register events, the App has to belong to the user whose extension it is, to the organization of that user, or to the administrator.',
};
