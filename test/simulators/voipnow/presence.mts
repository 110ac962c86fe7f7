import type { HttpReply, HttpRequest } from '../server.mts';
import type { App } from './apps.mts';
import { extensions } from './directory.mts';
import { countInvalid, errorReply, extensionInvalid, jsonReply, userInvalid } from './errors.mts';
import { resolveUser } from './phoneCalls.mts';

// https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/Presence-Service.html
// `GET /uapi/extensions/{userId}/{extension}/presence`: Phone Terminal extensions only.

const largestPage = 5000;

export function answerPresence(
	{ path }: HttpRequest,
	userId: string,
	number: string,
	app: App,
): HttpReply {
	const query = new URL(path, 'https://simulator.test').searchParams;
	const user = userId === '@owner' ? undefined : resolveUser(userId, app.owner, undefined);
	if (user === undefined) return errorReply(userInvalid);
	const own = extensions.filter(
		({ ownerId, type, extended }) =>
			ownerId === user && type === 'phoneTerminal' && (number === '@self' || extended === number),
	);
	if (own.length === 0) return errorReply(extensionInvalid);
	const count = query.get('count') ?? '20';
	const startIndex = query.get('startIndex') ?? '0';
	if (!/^\d+$/.test(count) || !/^\d+$/.test(startIndex) || Number(count) > largestPage) {
		return errorReply(countInvalid);
	}
	const first = Number(startIndex);
	const page = own.slice(first, first + Number(count));
	return jsonReply(200, {
		entry: page.map(({ extended }) => ({ extension: extended, status: '1', registration: [] })),
		startIndex: first,
		totalResults: own.length,
		itemsPerPage: Number(count),
		filtered: false,
		sorted: false,
	});
}
