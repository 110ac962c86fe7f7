import type { HttpRequest } from '../server.mts';
import type { App } from './apps.mts';
import { extensions, findExtension, userIds } from './directory.mts';
import type { AppOwner, Extension } from './directory.mts';
import * as errors from './errors.mts';
import type { VoipNowError } from './errors.mts';
import type { CallRequest } from './switchboard.mts';

// https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls, data types:
// https://wiki.4psa.com/display/VNUAPI30/Data+Types

export type Checked =
	/** `charged`: the extension with its prefix. */
	{ readonly call: CallRequest; readonly charged: string } | { readonly error: VoipNowError };

const queryNames = ['waitForPickup', 'callDuration', 'allowPublicTransfer', 'video'] as const;
const bodyNames = ['extension', 'phoneCallView', 'nonce'];
const viewNames = ['source', 'destination', 'callerId', 'callerIdDestination'];

type Json = Readonly<Record<string, unknown>>;

/** Checks a request to `/uapi/phoneCalls/{userId}/simple` in the order of its parts. */
export function checkCall(request: HttpRequest, userId: string, app: App): Checked {
	const query = new URL(request.path, 'https://simulator.test').searchParams;
	const body = readJson(request);
	const view = viewOf(body);
	if (!body || !view) return { error: errors.undocumented('This body') };
	const odd = oddNames(query, body, view);
	if (odd !== undefined) return { error: errors.undocumented(odd) };

	const source = numbers(view.source, app.owner);
	if (!source) return { error: errors.sourceInvalid };
	const destination = numbers(view.destination, app.owner);
	if (!destination) return { error: errors.destinationInvalid };

	const owner = extensionOf(body.extension ?? source[0], app.owner);
	const user = resolveUser(userId, app.owner, owner);
	if (user === undefined) return { error: errors.userInvalid };
	if (owner?.type !== 'phoneTerminal' || owner.ownerId !== user) {
		return { error: errors.extensionInvalid };
	}
	const wrong = checkValues(query, body, view, owner);
	if (wrong) return { error: wrong };
	return {
		call: {
			extension: String(body.extension ?? source[0]),
			userId: user,
			source,
			destination,
			...optional('callerId', view.callerId),
			...optional('callerIdDestination', view.callerIdDestination),
			...optional('nonce', body.nonce),
			waitForPickupSeconds: Number(query.get('waitForPickup') ?? '25'),
			...(query.has('callDuration') && { callDurationSeconds: Number(query.get('callDuration')) }),
			allowPublicTransfer: query.get('allowPublicTransfer') === 'true',
			video: query.get('video') === 'true',
		},
		charged: owner.extended,
	};
}

function optional(name: string, value: unknown): Readonly<Record<string, string>> {
	return typeof value === 'string' ? { [name]: value } : {};
}

function readJson({ headers, body }: HttpRequest): Json | undefined {
	if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return undefined;
	try {
		return record(JSON.parse(body.toString('utf8')));
	} catch {
		return undefined;
	}
}

/** The one view of a call between two parties. */
function viewOf(body: Json | undefined): Json | undefined {
	const views = body?.phoneCallView;
	return Array.isArray(views) && views.length === 1 ? record(views[0]) : undefined;
}

function record(value: unknown): Json | undefined {
	const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
	return isRecord ? (value as Json) : undefined;
}

function oddNames(query: URLSearchParams, body: Json, view: Json): string | undefined {
	const known: readonly string[] = queryNames;
	return [
		...[...query.keys()].filter((name) => !known.includes(name)),
		...Object.keys(body).filter((name) => !bodyNames.includes(name)),
		...Object.keys(view).filter((name) => !viewNames.includes(name)),
	][0];
}

const extendedNumber = /^[0-9]+\*[0-9]+$/;
const publicNumber = /^[0-9+]+$/;

/** An array of strings. */
function numbers(value: unknown, owner: AppOwner): string[] | undefined {
	const list: unknown[] = Array.isArray(value) ? value : [];
	const strings = list.filter((one) => typeof one === 'string');
	if (strings.length === 0 || strings.length < list.length) return undefined;
	return strings.every((number) => isNumber(number, owner)) ? strings : undefined;
}

/** Short numbers are not known to an App of the administrator. */
function isNumber(number: string, owner: AppOwner): boolean {
	if (extendedNumber.test(number)) {
		return extensions.some(({ extended }) => extended === number);
	}
	const isShort = extensions.some(({ short }) => short === number);
	return publicNumber.test(number) && !(isShort && owner.kind === 'administrator');
}

function extensionOf(value: unknown, owner: AppOwner): Extension | undefined {
	return typeof value === 'string' ? findExtension(value, owner) : undefined;
}

/** "When the request is made using an App registered to the Administrator account or to an Organization, the userId cannot be set to @me". */
export function resolveUser(
	userId: string,
	owner: AppOwner,
	extension: Extension | undefined,
): string | undefined {
	switch (userId) {
		case '@me':
		case '@viewer':
			return owner.kind === 'user' ? owner.userId : undefined;
		case '@owner':
			// Without an extension its owner is unknown: the refusal of the extension itself covers that.
			return extension?.ownerId ?? userIds[0];
		default:
			if (owner.kind === 'user' && owner.userId !== userId) return undefined;
			return userIds.includes(userId) ? userId : undefined;
	}
}

const callerIdPattern = /^[^<>]*[^<> ] <[0-9+]+>$/;

function checkValues(
	query: URLSearchParams,
	body: Json,
	view: Json,
	extension: Extension,
): VoipNowError | undefined {
	const duration = query.get('callDuration');
	if (duration !== null && !/^[0-9]+$/.test(duration)) return errors.durationInvalid;
	const wait = query.get('waitForPickup');
	if (wait !== null && !/^0*[1-9][0-9]*$/.test(wait)) return errors.timeoutInvalid;
	for (const name of ['callerId', 'callerIdDestination']) {
		const callerId = view[name];
		if (callerId === undefined) continue;
		if (typeof callerId !== 'string' || !callerIdPattern.test(callerId)) {
			return errors.callerIdInvalid;
		}
		if (!extension.mayCallAs) return errors.callerIdNotAllowed;
	}
	if (!isFlag(query.get('allowPublicTransfer'))) return errors.transferInvalid;
	if (!isFlag(query.get('video'))) return errors.undocumented('This value of video');
	const { nonce } = body;
	if (nonce !== undefined && (typeof nonce !== 'string' || nonce === '')) {
		return errors.nonceInvalid;
	}
	return undefined;
}

function isFlag(value: string | null): boolean {
	return value === null || value === 'true' || value === 'false';
}
