import type { HttpRequest } from '../../shared/wire/reply/http';
import type { VoipNowCall } from './read';

/**
 * https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls
 * Options that are not set are left out: VoipNow has its own defaults.
 */
export function encode(call: VoipNowCall): HttpRequest {
	// Numbers and true or false only: nothing to escape.
	const query = Object.entries({
		waitForPickup: call.waitForPickupSeconds,
		callDuration: call.callDurationSeconds,
		allowPublicTransfer: call.allowPublicTransfer,
		video: call.video,
	})
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}=${String(value)}`)
		.join('&');
	const { extension, source, destination, callerId, callerIdDestination, nonce } = call;
	const phoneCallView = [{ source, destination, callerId, callerIdDestination }];
	return {
		method: 'POST',
		path: `/uapi/phoneCalls/${call.userId}/simple${query === '' ? '' : `?${query}`}`,
		headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
		body: JSON.stringify({ extension, phoneCallView, nonce }),
	};
}
