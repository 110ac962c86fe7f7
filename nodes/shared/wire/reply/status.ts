import { explain, type Explanation } from './explanation';
import type { Asked, HttpResponse } from './http';
import type { FailureReason } from './reasons';

/**
 * Explains an HTTP status; undefined for 2xx, where the body decides. `advice` holds the vendor's own meanings of a status.
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
	// After 408, it is not known whether the server had read the request.
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
 * A request was certainly not processed if the server asks for the same request again (307, 308), or redirects it to the
 * same path elsewhere (301, 302), for example to https. Any other redirect can follow a request that was processed, as 303
 * always does.
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
		`${isMoved ? 'Enter the new address as Base URL in the credential.' : wrongAddress} Redirects are not followed: the password would go to another address, and a call could be sent twice.`,
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

/** The target of a redirect without its query and path parameters, which can contain a session or the credential. */
function withoutSecrets({ protocol, host, pathname }: URL): string {
	return `${protocol}//${host}${pathname.replace(/(?:;|%3b)[^/]*/gi, '')}`;
}

/** Advice for a base URL with a path, which may have been copied from a browser. */
function adviceOnPath(asked: Asked | undefined): string | undefined {
	if (asked === undefined) return undefined;
	const { origin, pathname } = new URL(asked.baseUrl);
	if (pathname === '/') return undefined;
	return `Base URL in the credential has a path. Remove everything after the host: ${origin}.`;
}

const statusReasons: Readonly<Record<number, FailureReason>> = {
	401: 'unauthorized',
	403: 'unauthorized',
	407: 'unauthorized',
	429: 'rate_limited',
};

const wrongAddress =
	'Check Base URL in the credential: it must be the address of the phone system itself.';

const statusAdvice: Readonly<Record<number, (names: FieldNames) => string>> = {
	401: () => 'Check user name and password in the credential.',
	403: () =>
		'Check user name and password in the credential, and whether access rules allow the address that requests come from.',
	407: () =>
		'A proxy on the way to the phone system requires a sign-in. Check the address of the proxy in HTTPS_PROXY or HTTP_PROXY.',
	429: (names) => `Too many requests. ${pauseBetweenCalls(names)}`,
};

/** Advice for a vendor that limits requests or calls. */
export function pauseBetweenCalls(names: FieldNames): string {
	const interval = names('interval');
	return `Pause between calls${interval === undefined ? '' : ` with ${interval}`}, then try again.`;
}

/**
 * The name that texts use for a vendor's field: its label in the form, or its property in a program. Undefined if the form
 * does not have the field; texts leave it out then.
 */
export type FieldNames = (name: string) => string | undefined;

/** For texts without a form, such as those of a credential test. */
export const noNames: FieldNames = () => undefined;
