import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../server.mts';
import { allocationFailed, json, noContent, refused } from './responses.mts';
import type { Call, Switchboard } from './switchboard.mts';

export interface Asked {
	readonly method: string;
	/** The path after /ari. */
	readonly path: string;
	readonly query: string;
	readonly request: HttpRequest;
}

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/ */
export function answerOf({ method, path, query, request }: Asked, board: Switchboard): HttpReply {
	if (path.endsWith('/')) {
		const without = path.replace(/\/+$/, '');
		return refused(404, `ARI URLs do not end with a slash. Try /ari${without}`);
	}
	const [, resource = '', name, ...more] = path.split('/').map(decodeURIComponent);
	if (more.length > 0) return notFound;
	switch (resource) {
		case 'asterisk':
			if (name !== 'info') return notFound;
			return method === 'GET' ? json(200, info) : badMethod;
		case 'endpoints':
			if (method !== 'GET') return badMethod;
			return name === undefined || name === 'PJSIP' ? json(200, board.endpoints()) : notFound;
		case 'bridges':
			if (name !== undefined) return noBridge;
			return method === 'GET' ? json(200, board.bridges()) : badMethod;
		case 'channels':
			return channels({ method, path, query, request }, name, board);
		default:
			return notFound;
	}
}

const notFound = refused(404, 'Resource not found');
const badMethod = refused(405, 'Invalid method');
const noBridge = refused(404, 'Bridge not found');
const noChannel = refused(404, 'Channel not found');

const info = {
	build: { os: 'Linux', kernel: 'unknown', machine: 'unknown', options: 'OPTIONAL_API' },
	system: { version: '22.10.1', entity_id: '02:00:00:00:00:01' },
	config: { name: '', default_language: 'en', setid: { user: '', group: '' } },
	status: { startup_time: '2026-01-01T00:00:00.000+0000' },
};

function channels(asked: Asked, id: string | undefined, board: Switchboard): HttpReply {
	switch (asked.method) {
		case 'GET': {
			if (id === undefined) return json(200, board.channels());
			const channel = board.channel(id);
			return channel === undefined ? noChannel : json(200, channel);
		}
		case 'POST':
			return originate(asked, id, board);
		case 'DELETE': {
			if (id === undefined) return badMethod;
			const reason = new URLSearchParams(asked.query).get('reason');
			if (reason !== null && !reasons.includes(reason)) {
				return refused(400, 'Invalid reason for hangup reason provided');
			}
			return board.hangUp(id) ? noContent : noChannel;
		}
		default:
			return badMethod;
	}
}

const reasons = [
	...['normal', 'busy', 'congestion', 'no_answer', 'timeout', 'rejected', 'unallocated'],
	...['normal_unspecified', 'number_incomplete', 'codec_mismatch', 'interworking', 'failure'],
	'answered_elsewhere',
];

const documented = [
	...['endpoint', 'extension', 'context', 'priority', 'label', 'app', 'appArgs', 'callerId'],
	...['timeout', 'variables', 'channelId', 'otherChannelId', 'originator', 'formats'],
];

const longestId = 149;

function originate(asked: Asked, idInPath: string | undefined, board: Switchboard): HttpReply {
	const parameters = parametersOf(asked);
	if ('status' in parameters) return parameters;
	const { values, variables } = parameters;
	// A stand-in: a real one ignores what it does not know, so that a misspelled parameter would be lost.
	const unknown = Object.keys(values).filter((name) => !documented.includes(name));
	if (unknown.length > 0) return refused(400, `Unknown parameter: ${unknown.join(', ')}`);
	const text = (name: string) => {
		const value = values[name];
		return typeof value === 'string' ? value : '';
	};
	const id = idInPath ?? (text('channelId') || randomUUID());
	if (Buffer.byteLength(id) > longestId) {
		return refused(400, `Uniqueid length exceeds maximum of ${String(longestId)}`);
	}
	const endpoint = text('endpoint');
	if (endpoint === '') return refused(400, 'Endpoint must be specified');
	if (!/^[^/]+\/./.test(endpoint)) return refused(400, 'Invalid endpoint specified');
	if (text('app') === '' && text('extension') === '') {
		return refused(400, 'Application or extension must be specified');
	}
	if (text('label') !== '') return refused(404, 'Requested label can not be found');
	if (board.channel(id) !== undefined) {
		return refused(409, 'Channel with given unique ID already exists');
	}
	const channel = board.place({
		id,
		endpoint,
		extension: text('extension'),
		context: text('context') || 'default',
		callerId: text('callerId'),
		timeoutSeconds: timeoutOf(values.timeout),
		variables,
	});
	return channel === undefined ? allocationFailed : json(200, channel);
}

function timeoutOf(value: unknown): number | null {
	const seconds = Number(value ?? 30);
	if (seconds === -1) return null;
	return seconds > 0 ? seconds : 30;
}

interface Parameters {
	readonly values: Readonly<Record<string, unknown>>;
	readonly variables: Call['variables'];
}

/** The parameters of the query. Members of the body, except `variables`, count as parameters too, and come first. */
function parametersOf({ query, request: { headers, body } }: Asked): Parameters | HttpReply {
	const inQuery = Object.fromEntries(new URLSearchParams(query));
	const isJson = (headers['content-type'] ?? '').startsWith('application/json');
	if (!isJson || body.length === 0) return { values: inQuery, variables: {} };
	const parsed = parse(body.toString('utf8'));
	if (parsed === undefined) return refused(400, 'Error parsing request body');
	const { variables = {}, ...inBody } = Object(parsed) as Record<string, unknown>;
	const texts: Record<string, string> = {};
	for (const [name, value] of Object.entries(Object(variables) as Record<string, unknown>)) {
		const given = typeof value === 'object' ? (Object(value) as { value?: unknown }).value : value;
		if (typeof given !== 'string') {
			return refused(
				400,
				"Each value in 'variables' must be a string or an object with 'value' and optional 'report_events'",
			);
		}
		texts[name] = given;
	}
	return { values: { ...inQuery, ...inBody }, variables: texts };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
