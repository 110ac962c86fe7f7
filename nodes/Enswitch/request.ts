import type { HttpRequest } from '../shared/wire/reply/http';

/**
 * A function of the JSON API; a parameter that is undefined is not sent. A GET would do too, but addresses end up in logs,
 * and a proxy may repeat a GET.
 */
export function encodeRequest(
	name: string,
	parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): HttpRequest {
	const form = new URLSearchParams();
	for (const [parameter, value] of Object.entries(parameters)) {
		if (value === undefined) continue;
		form.append(parameter, String(typeof value === 'boolean' ? Number(value) : value));
	}
	return {
		method: 'POST',
		path: `/api/json/${name}/`,
		headers: {
			'Content-Type': 'application/x-www-form-urlencoded',
			Accept: 'application/json',
		},
		body: form.toString(),
	};
}
