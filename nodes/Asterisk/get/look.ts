import { type Sighting, sighting } from '../../shared/calling/contract/callState';
import { type Found, foundAmong } from '../../shared/calling/contract/found';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import {
	isJsonList,
	type JsonObject,
	member,
	parseJson,
	textOf,
} from '../../shared/wire/text/json';
import { isUnreadable } from '../../shared/wire/text/unreadable';
import { phoneOf, timeOf } from '../channel';
import type { AsteriskReference } from '../reference';
import { explainReply, isNoChannel, otherReply, readJson } from '../reply';
import { encodeQuestion, pathOf } from '../request';

/**
 * Asks for the channel of the call. If its phone was answered, the bridges show whether it talks to another one. ARI has no
 * call records: a call that is over is not there any more.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#get
 */
export function look({ callId }: AsteriskReference): Step<Found> {
	return {
		kind: 'ask',
		request: encodeQuestion(pathOf(callId)),
		next(response) {
			if (isNoChannel(response)) return done(foundAmong([]));
			const explanation = explainReply(response);
			if (explanation !== undefined) return done(explanation);
			const channel = readJson(response.body);
			if (channel === undefined || textOf(member(channel, 'id')) !== callId) {
				return done(otherReply(response, 'it is not the channel of this call'));
			}
			return isUp(channel) ? askForBridges(channel) : done(foundAmong([ringing(channel)]));
		},
	};
}

function askForBridges(channel: JsonObject): Step<Found> {
	return {
		kind: 'ask',
		request: encodeQuestion('bridges'),
		next: (response) =>
			done(explainReply(response) ?? foundAmong([up(channel, isBridged(response, channel))])),
	};
}

function isUp(channel: JsonObject): boolean {
	return textOf(member(channel, 'state')) === 'Up';
}

/** Whether the channel is in a bridge with another one; undefined if the list of bridges cannot be read. */
function isBridged({ body }: HttpResponse, { id }: JsonObject): boolean | undefined {
	const parsed = parseJson(body);
	if (isUnreadable(parsed) || !isJsonList(parsed.value)) return undefined;
	const bridges = parsed.value.map((bridge) => member(bridge, 'channels'));
	return bridges.some(
		(channels) => isJsonList(channels) && channels.length > 1 && channels.includes(id ?? null),
	);
}

/** Applications of the dialplan that ring a phone. */
const ringingApps: ReadonlySet<string> = new Set(['Dial', 'Queue', 'FollowMe', 'RetryDial']);

function up(channel: JsonObject, isTalking: boolean | undefined): Sighting {
	const app = textOf(member(member(channel, 'dialplan'), 'app_name'));
	const rings = app !== undefined && ringingApps.has(app);
	return {
		...seen(channel),
		to: textOf(member(member(channel, 'dialplan'), 'exten')) ?? null,
		state:
			isTalking === true
				? 'connected'
				: rings && isTalking === false
					? 'ringing_second'
					: 'unknown',
		answeredByFirst: true,
		answeredBySecond: isTalking === true ? true : null,
		details: { ...seen(channel).details, ...(app === undefined ? {} : { application: app }) },
	};
}

function ringing(channel: JsonObject): Sighting {
	return { ...seen(channel), state: 'ringing_first' };
}

function seen(channel: JsonObject): Sighting {
	const name = textOf(member(channel, 'name'));
	return sighting({
		state: 'unknown',
		callId: textOf(member(channel, 'id')) ?? null,
		from: phoneOf(name),
		startedAt: timeOf(member(channel, 'creationtime')),
		seenIn: 'live',
		matchedBy: 'id',
		details: name === undefined ? {} : { channel: name },
		response: channel,
	});
}
