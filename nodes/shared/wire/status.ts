import { explain, type Explanation } from './explanation';
import type { Asked, HttpResponse } from './http';
import type { FailureReason } from './reasons';

/**
 * Says what an HTTP status alone means; undefined for 2xx, where the body has the word. `advice` holds what the vendor
 * is known to mean by a status.
 */
export function explainStatus(
	response: HttpResponse,
	vendorName: string,
	advice: Readonly<Record<number, string>> = {},
	names: FieldNames = noNames,
): Explanation | undefined {
	const { status, asked } = response;
	if (status >= 200 && status < 300) return undefined;
	if (status >= 300 && status < 400) return explainRedirect(response, vendorName);
	// 408: whether the server had read the request before it gave up waiting is not known.
	if (status >= 400 && status < 500 && status !== 408) {
		const tooLong = status === 404 || status === 405 ? adviceOnPath(asked) : undefined;
		return explain(
			'refused',
			statusReasons[status] ?? 'vendor_refused',
			`${vendorName} refused the request (HTTP ${status}).`,
			tooLong ?? advice[status] ?? statusAdvice[status]?.(names) ?? wrongAddress,
			status,
		);
	}
	return explain(
		'unknown',
		'server_fault',
		`${vendorName} answered with HTTP ${status}.`,
		`Check that ${vendorName} is running as it should.`,
		status,
	);
}

/**
 * Certainly not acted upon is what the server asks to be sent once more as it was (307, 308), and what it sends to the same
 * path of another server (301, 302), as for https. Anything else can be the answer to a request that was done: 303 says so.
 */
function explainRedirect(
	{ status, headers, asked }: HttpResponse,
	vendorName: string,
): Explanation {
	const target = targetOf(headers.location, asked);
	const isMoved =
		status === 307 ||
		status === 308 ||
		((status === 301 || status === 302) && isSamePathElsewhere(target, asked));
	return explain(
		isMoved ? 'not_sent' : 'unknown',
		'redirected',
		`${vendorName} answered with a redirect (HTTP ${status})${target === undefined ? '' : ` to ${withoutSecrets(target)}`}.`,
		`${isMoved ? 'Put the address that it names into Base URL in the credential.' : wrongAddress} Redirects are not followed: the password would go to another address, and a call could be sent twice.`,
		status,
	);
}

function targetOf(location: string | undefined, asked: Asked | undefined): URL | undefined {
	const base = asked === undefined ? undefined : asked.baseUrl + asked.path;
	if (location === undefined || !URL.canParse(location, base)) return undefined;
	return new URL(location, base);
}

function isSamePathElsewhere(target: URL | undefined, asked: Asked | undefined): boolean {
	if (target === undefined || asked === undefined) return false;
	const { origin, pathname, search } = new URL(asked.baseUrl + asked.path);
	const isSameQuery = target.search === search || target.search === '';
	return target.origin !== origin && target.pathname === pathname && isSameQuery;
}

/** A redirect's target can carry a session or the credential itself, in its query or behind a semicolon in its path. */
function withoutSecrets({ protocol, host, pathname }: URL): string {
	return `${protocol}//${host}${pathname.replace(/(?:;|%3b)[^/]*/gi, '')}`;
}

/** As when the address was copied from a browser. */
function adviceOnPath(asked: Asked | undefined): string | undefined {
	if (asked === undefined) return undefined;
	const { origin, pathname } = new URL(asked.baseUrl);
	if (pathname === '/') return undefined;
	return `Base URL in the credential has a path. Leave off what stands behind the host: ${origin}.`;
}

const statusReasons: Readonly<Record<number, FailureReason>> = {
	401: 'unauthorized',
	403: 'unauthorized',
	407: 'unauthorized',
	429: 'rate_limited',
};

const wrongAddress =
	'Check Base URL in the credential: it has to be the address of the phone system itself.';

const statusAdvice: Readonly<Record<number, (names: FieldNames) => string>> = {
	401: () => 'Check user name and password in the credential.',
	403: () =>
		'Check user name and password in the credential, and whether access rules allow the address that requests come from.',
	407: () =>
		'A proxy on the way to the phone system asks for a sign-in. Check the address of the proxy in HTTPS_PROXY or HTTP_PROXY.',
	429: (names) => `Too many requests. ${pauseBetweenCalls(names)}`,
};

/** What to do about a limit of a vendor. */
export function pauseBetweenCalls(names: FieldNames): string {
	const interval = names('interval');
	return `Pause between calls${interval === undefined ? '' : ` with ${interval}`}, then try again.`;
}

/**
 * What texts call a vendor's field, by its name: as the form at hand shows it, an option as such, in a program by its
 * name. Undefined for what is not on that form; no text speaks of it then.
 */
export type FieldNames = (name: string) => string | undefined;

/** Where there is no form, as in the test of a credential. */
export const noNames: FieldNames = () => undefined;
