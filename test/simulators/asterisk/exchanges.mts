/**
 * Requests, and ARI's answers by its documentation. The simulator and the real Asterisk have to answer alike.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/
 */
export interface AriExchange {
	readonly title: string;
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** The path after /ari; `{id}` is a channel ID of this exchange's own. */
	readonly path: string;
	readonly body?: unknown;
	/** The user who signs in; n8n unless given. */
	readonly as?: 'reader' | 'nobody' | 'stranger';
	/** Requests that are sent before it. */
	readonly after?: readonly Omit<AriExchange, 'title' | 'status' | 'after'>[];
	readonly status: number;
	/** The members of the body that count; the whole body of an error. */
	readonly answer?: unknown;
}

const context = 'from-internal';
const call = { endpoint: 'PJSIP/121', extension: '301', context, timeout: 5 };
const place = { method: 'POST', path: '/channels/{id}' } as const;
const ofId = (method: AriExchange['method'], path = '/channels/{id}') => ({ method, path });

export const exchanges: readonly AriExchange[] = [
	{
		title: 'who it is',
		...ofId('GET', '/asterisk/info'),
		status: 200,
	},
	{ title: 'the endpoints', ...ofId('GET', '/endpoints'), status: 200 },
	{ title: 'no channels', ...ofId('GET', '/channels'), status: 200, answer: [] },
	{ title: 'no bridges', ...ofId('GET', '/bridges'), status: 200, answer: [] },
	{ title: 'no applications', ...ofId('GET', '/applications'), status: 200, answer: [] },
	{
		title: 'an application that is not connected',
		...ofId('GET', '/applications/n8n-nobody'),
		status: 404,
		answer: { message: 'Application not found' },
	},
	{
		title: 'a call, in the body',
		...place,
		body: { ...call, callerId: 'Sales <12025550100>', priority: 1, variables: { tag: 'x' } },
		status: 200,
		answer: {
			id: '{id}',
			state: 'Down',
			caller: { name: 'Sales', number: '12025550100' },
			dialplan: { context, exten: 's', app_name: 'AppDial2' },
		},
	},
	{
		title: 'a call, in the query',
		...ofId('POST', `/channels/{id}?endpoint=PJSIP/121&extension=301&context=${context}&timeout=5`),
		status: 200,
		answer: { id: '{id}', state: 'Down', caller: { name: '', number: '' } },
	},
	{
		title: 'the body comes before the query',
		...ofId('POST', `/channels/{id}?endpoint=PJSIP/999&extension=301&context=${context}`),
		body: call,
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'a call with its ID in the query',
		...ofId('POST', '/channels?channelId={id}'),
		body: call,
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'a caller ID without a name',
		...place,
		body: { ...call, callerId: '12025550100' },
		status: 200,
		answer: { caller: { name: '', number: '12025550100' } },
	},
	{
		title: 'by way of the dialplan',
		...place,
		body: { ...call, endpoint: `Local/121@${context}/n` },
		status: 200,
		answer: { id: '{id}', state: 'Down', dialplan: { context, exten: '121' }, protocol_id: '' },
	},
	{
		title: 'a number outside',
		...place,
		body: { ...call, endpoint: `Local/12025550123@${context}/n` },
		status: 200,
		answer: { id: '{id}', dialplan: { exten: '12025550123' } },
	},
	{
		title: 'by way of an extension that the dialplan lacks',
		...place,
		body: { ...call, endpoint: `Local/30@${context}/n` },
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'to an extension that the dialplan lacks',
		...place,
		body: { ...call, extension: '30' },
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'in a context that the dialplan lacks',
		...place,
		body: { ...call, context: 'nowhere' },
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'a phone that is off',
		...place,
		body: { ...call, endpoint: 'PJSIP/141' },
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'technology in lower case',
		...place,
		body: { ...call, endpoint: 'pjsip/121' },
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'the same call again while it lives',
		...place,
		body: call,
		after: [{ ...place, body: call }],
		status: 409,
		answer: { message: 'Channel with given unique ID already exists' },
	},
	{
		title: 'the same call again when it is over',
		...place,
		body: call,
		after: [{ ...place, body: call }, ofId('DELETE')],
		status: 200,
		answer: { id: '{id}' },
	},
	{
		title: 'a live channel',
		...ofId('GET'),
		after: [{ ...place, body: call }],
		status: 200,
		answer: { id: '{id}', dialplan: { context } },
	},
	{
		title: 'a channel that was never there',
		...ofId('GET'),
		status: 404,
		answer: { message: 'Channel not found' },
	},
	{
		title: 'a channel that is hung up',
		...ofId('DELETE'),
		after: [{ ...place, body: call }],
		status: 204,
	},
	{
		title: 'a channel that is over',
		...ofId('GET'),
		after: [{ ...place, body: call }, ofId('DELETE')],
		status: 404,
		answer: { message: 'Channel not found' },
	},
	{
		title: 'no channel to hang up',
		...ofId('DELETE'),
		status: 404,
		answer: { message: 'Channel not found' },
	},
	{
		title: 'a reason that is none',
		...ofId('DELETE', '/channels/{id}?reason=tired'),
		after: [{ ...place, body: call }],
		status: 400,
		answer: { message: 'Invalid reason for hangup reason provided' },
	},
	...['PJSIP/999', 'PJSIP/151', 'NOPE/101', 'PJSIP/121&PJSIP/101'].map((endpoint) => ({
		title: `no endpoint: ${endpoint}`,
		...place,
		body: { ...call, endpoint },
		status: 500,
		answer: { error: 'Allocation failed' },
	})),
	...['121', 'PJSIP', 'PJSIP/'].map((endpoint) => ({
		title: `an endpoint that is none: ${endpoint}`,
		...place,
		body: { ...call, endpoint },
		status: 400,
		answer: { message: 'Invalid endpoint specified' },
	})),
	{
		title: 'without an endpoint',
		...place,
		body: { ...call, endpoint: '' },
		status: 400,
		answer: { message: 'Endpoint must be specified' },
	},
	{
		title: 'without an extension',
		...place,
		body: { ...call, extension: '' },
		status: 400,
		answer: { message: 'Application or extension must be specified' },
	},
	{
		title: 'an extension that is no text',
		...place,
		body: { ...call, extension: 301 },
		status: 400,
		answer: { message: 'Application or extension must be specified' },
	},
	{
		title: 'a label that the dialplan lacks',
		...place,
		body: { ...call, label: 'nowhere' },
		status: 404,
		answer: { message: 'Requested label can not be found' },
	},
	{
		title: 'a variable that is no text',
		...place,
		body: { ...call, variables: { tag: 1 } },
		status: 400,
		answer: {
			message:
				"Each value in 'variables' must be a string or an object with 'value' and optional 'report_events'",
		},
	},
	{
		title: 'an ID that is too long',
		...ofId('POST', `/channels/${'x'.repeat(150)}`),
		body: call,
		status: 400,
		answer: { message: 'Uniqueid length exceeds maximum of 149' },
	},
	{
		title: 'nobody signs in',
		...place,
		body: call,
		as: 'nobody',
		status: 401,
		answer: { message: 'Authentication required' },
	},
	{
		title: 'a wrong password',
		...place,
		body: call,
		as: 'stranger',
		status: 401,
		answer: { message: 'Authentication required' },
	},
	{
		title: 'a user that may only read',
		...place,
		body: call,
		as: 'reader',
		status: 403,
		answer: { message: 'Write access denied' },
	},
	{ title: 'that user reads', ...ofId('GET', '/endpoints'), as: 'reader', status: 200 },
	{
		title: 'a method that is none',
		...ofId('PUT'),
		status: 405,
		answer: { message: 'Invalid method' },
	},
	{
		title: 'a resource that is none',
		...ofId('GET', '/nothing'),
		status: 404,
		answer: { message: 'Resource not found' },
	},
	{
		title: 'a slash at the end',
		...ofId('GET', '/channels/'),
		status: 404,
		answer: { message: 'ARI URLs do not end with a slash. Try /ari/channels' },
	},
];

/** Plays an exchange with any function that sends requests; `{id}` is replaced by an ID of its own. */
export async function play<Reply>(
	{ after = [], ...exchange }: Omit<AriExchange, 'title' | 'status'>,
	id: string,
	send: (request: Omit<AriExchange, 'title' | 'status' | 'after'>) => Promise<Reply>,
): Promise<Reply> {
	const withId = <Request extends { readonly path: string }>(request: Request) => ({
		...request,
		path: request.path.replace('{id}', id),
	});
	for (const request of after) await send(withId(request));
	return await send(withId(exchange));
}
