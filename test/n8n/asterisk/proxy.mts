/** A proxy between n8n and the real Asterisk that misbehaves like a reverse proxy, a firewall or a bad connection. */
import { createFaultPlan, applyFault } from '../../simulators/fault.mts';
import type { Fault, FaultOptions } from '../../simulators/fault.mts';
import type { CertificateKind } from '../../simulators/certificate.mts';
import { startServer } from '../../simulators/server.mts';
import type { HttpReply, HttpRequest, RecordedRequest } from '../../simulators/server.mts';

export interface ProxyOptions {
	/** Default true. */
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
}

export interface Proxy {
	readonly url: string;
	readonly caCertificate: string;
	/** Without who signed in. */
	readonly requests: readonly RecordedRequest[];
	/** Affects the requests that place calls, or all of them. The phones ring at Asterisk. */
	fault(fault: Fault | null, options?: FaultOptions): void;
	refuse(): Promise<void>;
	listenAgain(): Promise<void>;
	cutHandshakes(): void;
	flooded(): number;
	close(): Promise<void>;
}

export async function startProxy(target: string, options: ProxyOptions = {}): Promise<Proxy> {
	const faults = createFaultPlan();
	const server = await startServer({
		...options,
		redact: ({ path, headers, body }) => ({
			path,
			headers: { ...headers, authorization: 'authorization' in headers ? 'Basic' : '' },
			body,
		}),
		async handle(request) {
			const proceed = () => forward(target, request);
			const fault =
				faults.take('any', request.body) ??
				(request.method === 'POST' ? faults.take('calls', request.body) : null);
			return fault === null
				? { delivery: 'whole', reply: await proceed() }
				: applyFault(fault, proceed);
		},
	});
	return { ...server, fault: faults.set };
}

async function forward(
	target: string,
	{ method, path, headers, body }: HttpRequest,
): Promise<HttpReply> {
	const passed = ['authorization', 'content-type', 'accept'].flatMap((name): [string, string][] => {
		const value = headers[name];
		return value === undefined ? [] : [[name, value]];
	});
	const answer = await fetch(target + path, {
		method,
		headers: Object.fromEntries(passed),
		...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
	});
	const type = answer.headers.get('content-type');
	return {
		status: answer.status,
		...(type === null ? {} : { headers: { 'content-type': type } }),
		body: Buffer.from(await answer.arrayBuffer()),
	};
}
