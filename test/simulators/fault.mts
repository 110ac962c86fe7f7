import type { Answer, HttpReply } from './server.mts';

/** A way in which a vendor's server, or the network in front of it, misbehaves. */
export type Fault =
	/** The request is read and never answered, and the socket stays open; no phone rings. */
	| 'hang'
	/** The phones ring, but the reply never comes. */
	| 'hangAfterRinging'
	/** The request is read, then the connection is destroyed; no phone rings. */
	| 'cut'
	/** The phones ring, then the connection is destroyed without a reply. */
	| 'cutAfterRinging'
	/** The phones ring; the headers and half of the body are sent, then the connection is destroyed. */
	| 'resetMidReply'
	/** The phones ring; the headers are sent, and then a space every quarter of a second, forever. */
	| 'drip'
	/** The phones ring; HTTP 200 with an endless body. */
	| 'flood'
	/** No phone rings unless `rings` is true. */
	| { readonly status: number; readonly body?: string; readonly rings?: boolean }
	/** 302, or this status, to this location; no phone rings unless `rings` is true. */
	| { readonly redirect: string; readonly status?: number; readonly rings?: boolean }
	/** HTTP 200 with a login page, as from a captive portal; no phone rings. */
	| 'html'
	/** The phones ring; HTTP 200 with half of the body, and its Content-Length. */
	| 'truncated'
	/** The phones ring; HTTP 200 with bytes that are not text. */
	| 'garbage'
	/** The phones ring; HTTP 200 with an empty body. */
	| 'empty'
	/** The phones ring; HTTP 200 with exactly this body. */
	| { readonly body: string };

/**
 * `calls`: authenticated requests to place a call. `follow`: authenticated requests that look for calls or hang them
 * up. `events`: authenticated requests about call events that are registered. `any`: whatever arrives, before
 * authentication; phones then ring only if the request would have rung them anyway.
 */
export type FaultWhere = 'calls' | 'follow' | 'events' | 'any';

export interface FaultOptions {
	/** How many requests it affects; by default all, until it is cleared. */
	readonly times?: number;
	/** How many matching requests are answered as usual first. */
	readonly after?: number;
	/** Default `calls`. */
	readonly where?: FaultWhere;
	/** It hits the next request that it can, before the fault that is set, which stays; calls `struck`. */
	readonly next?: true;
	readonly struck?: () => void;
	/** It hits only requests whose body contains this text, such as the number that rings; by default all. */
	readonly holding?: string;
}

/** The current fault, and how many more requests it affects. */
export interface FaultPlan {
	/** Null clears all. */
	set(fault: Fault | null, options?: FaultOptions): void;
	/** The fault for a request with this body, if any. Counts the request. */
	take(where: FaultWhere, body?: Buffer): Fault | null;
}

export function createFaultPlan(): FaultPlan {
	let standing: Planned | null = null;
	let next: Planned | null = null;

	const hits = (one: Planned | null, at: FaultWhere, body: Buffer): one is Planned => {
		if (one === null || at !== (one.options.where ?? 'calls')) return false;
		if (!body.includes(one.options.holding ?? '')) return false;
		if (one.spare > 0) {
			one.spare -= 1;
			return false;
		}
		return one.left > 0;
	};
	return {
		set(fault, options = {}) {
			const { after = 0, times = Infinity } = options;
			const planned = fault === null ? null : { fault, options, spare: after, left: times };
			if (options.next === true) {
				next = planned;
				return;
			}
			standing = planned;
			if (fault === null) next = null;
		},
		take(at, body = Buffer.alloc(0)) {
			if (hits(next, at, body)) {
				const { fault, options } = next;
				next = null;
				options.struck?.();
				return fault;
			}
			if (!hits(standing, at, body)) return null;
			standing.left -= 1;
			return standing.fault;
		},
	};
}

interface Planned {
	readonly fault: Fault;
	readonly options: FaultOptions;
	spare: number;
	left: number;
}

const loginPage =
	'<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>' +
	'<form method="post"><input name="user"><input name="pass" type="password"><br>' +
	'<input type="submit"></form></body></html>\n';

/** Bytes that are neither UTF-8 nor XML nor JSON, the same in every run. */
const garbage = Buffer.from(Array.from({ length: 256 }, (_, index) => (index * 167 + 129) % 256));

/** Answers a request with the fault. `proceed` does what the request asks for. */
export async function applyFault(fault: Fault, proceed: () => Promise<HttpReply>): Promise<Answer> {
	switch (fault) {
		case 'hang':
			return { delivery: 'never' };
		case 'cut':
			return { delivery: 'cut' };
		case 'hangAfterRinging':
			await proceed();
			return { delivery: 'never' };
		case 'cutAfterRinging':
			await proceed();
			return { delivery: 'cut' };
		case 'resetMidReply':
			return { delivery: 'halfThenReset', reply: await proceed() };
		case 'drip':
			return { delivery: 'drip', reply: await proceed() };
		case 'flood':
			return { delivery: 'flood', reply: { ...(await proceed()), status: 200 } };
		case 'html':
			return whole({ status: 200, headers: { 'content-type': 'text/html' }, body: loginPage });
		case 'truncated':
			return whole(cutInHalf(await proceed()));
		case 'garbage':
			return whole({ ...(await proceed()), status: 200, body: garbage });
		case 'empty':
			return whole({ ...(await proceed()), status: 200, body: '' });
		default:
			return whole(await applyFaultWithData(fault, proceed));
	}
}

type FaultWithData = Exclude<Fault, string>;

async function applyFaultWithData(
	fault: FaultWithData,
	proceed: () => Promise<HttpReply>,
): Promise<HttpReply> {
	if ('rings' in fault && fault.rings) await proceed();
	if ('redirect' in fault) {
		return { status: fault.status ?? 302, headers: { location: fault.redirect }, body: '' };
	}
	if ('status' in fault) {
		const body = fault.body ?? `<html><body><h1>${String(fault.status)}</h1></body></html>\n`;
		return { status: fault.status, headers: { 'content-type': 'text/html' }, body };
	}
	return { ...(await proceed()), status: 200, body: fault.body };
}

function cutInHalf(reply: HttpReply): HttpReply {
	const bytes = Buffer.from(reply.body);
	return { ...reply, body: bytes.subarray(0, Math.floor(bytes.length / 2)) };
}

function whole(reply: HttpReply): Answer {
	return { delivery: 'whole', reply };
}
