import type { IDataObject } from 'n8n-workflow';

import type { CallEvent } from '../calling/contract/events';
import { isRecord } from '../wire/text/values';

/** Whether an item has the response: always, unless the option Include Response was added and turned off. */
export function includesResponse(options: unknown): boolean {
	return !isRecord(options) || options.includeResponse !== false;
}

/** The `json` of a trigger's item. It has the same keys for every event. */
export function eventJson(
	vendor: string,
	{ event, callId, legId, from, to, direction, disposition, at, details, response }: CallEvent,
	receivedAt: string,
	includeResponse: boolean,
): IDataObject {
	return {
		vendor,
		event,
		callId,
		legId,
		from,
		to,
		direction,
		disposition,
		at,
		receivedAt,
		details,
		...(includeResponse ? { response } : {}),
	} as IDataObject;
}
