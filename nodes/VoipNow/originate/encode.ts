import type { HttpRequest } from '../../shared/wire/http';
import type { VoipNowCall } from './read';

/**
 * https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls
 * Options that are not set are left out: VoipNow has its own defaults.
 */
export function encode(call: VoipNowCall): HttpRequest {
	// Numbers and true or false only: nothing to escape.
	const query = present({
		waitForPickup: call.waitForPickupSeconds,
		callDuration: call.callDurationSeconds,
		allowPublicTransfer: call.allowPublicTransfer,
		video: call.video,
	})
		.map(([name, value]) => `${name}=${String(value)}`)
		.join('&');
	const view = present({
		source: call.source,
		destination: call.destination,
		callerId: call.callerId,
		callerIdDestination: call.callerIdDestination,
	});
	const body = present({
		extension: call.extension,
		phoneCallView: [Object.fromEntries(view)],
		nonce: call.nonce,
	});
	return {
		method: 'POST',
		path: `/uapi/phoneCalls/${call.userId}/simple${query === '' ? '' : `?${query}`}`,
		headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
		body: JSON.stringify(Object.fromEntries(body)),
	};
}

function present(
	members: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
	return Object.entries(members).filter(([, value]) => value !== undefined);
}
