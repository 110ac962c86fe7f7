/** The texts of failures in a program: they come from the same code as those of the nodes, and none of them mentions n8n. */
import { namesOf } from '../../library/call.ts';
import { openConnection } from '../../library/connection.ts';
import type { DispatchHandler, Dispatcher } from '../../library/exchange.ts';
import { isFailed } from '../../nodes/shared/calling/contract/outcome.ts';
import { isExplanation } from '../../nodes/shared/wire/reply/explanation.ts';
import type { HttpRequest } from '../../nodes/shared/wire/reply/http.ts';
import { vendors } from '../../nodes/vendors.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';

/** Good for every vendor. */
const credential = {
	baseUrl: 'https://pbx.example',
	environment: 'custom',
	username: 'ann',
	password: 'hunter2',
	secureKey: 'hunter2',
	clientId: 'app',
	clientSecret: 'hunter2',
};

/** Does the same to every request. */
function dispatcher(act: (handler: DispatchHandler) => void): Dispatcher {
	return {
		dispatch(_request, handler) {
			act(handler);
			return true;
		},
	};
}

const controller = { abort: () => undefined };

const failWith = (error: object, isWritten: boolean) =>
	dispatcher((handler) => {
		if (isWritten) handler.onRequestStart(controller);
		handler.onResponseError(controller, error);
	});

const answerWith = (status: number, headers: object, body: string) =>
	dispatcher((handler) => {
		handler.onRequestStart(controller);
		handler.onResponseStart(controller, status, headers);
		handler.onResponseData(controller, Buffer.from(body));
		handler.onResponseEnd();
	});

const codes = [
	'ENOTFOUND',
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'CERT_HAS_EXPIRED',
	'EPROTO',
	'ABORT_ERR',
	'ETIMEDOUT',
	'ECONNRESET',
	'UND_ERR_INVALID_ARG',
];

describe.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))('%s', (_, vendor) => {
	const request: HttpRequest = { method: 'POST', path: '/call', headers: {}, body: 'a=b' };

	async function explained(through: Dispatcher) {
		const connection = openConnection(vendor, credential, through);
		if (isExplanation(connection)) throw new Error(connection.what);
		const answer = await connection.send(request, 5, undefined);
		if (!isExplanation(answer)) throw new Error('no explanation');
		return `${answer.what} ${answer.advice}`;
	}

	test.each(codes.flatMap((code) => [[code, false] as const, [code, true] as const]))(
		'%s (written: %s)',
		async (code, isWritten) => {
			expect(await explained(failWith({ code }, isWritten))).not.toMatch(/n8n|undefined/);
		},
	);

	const replies = [300, 307, 400, 401, 403, 404, 407, 408, 429, 500].flatMap((status) =>
		vendor.operations.originate.decode(
			{ status, headers: { location: 'https://other.example/' }, body: '' },
			fixturesOf(vendor.id)[0]?.call ?? {},
			namesOf(vendor.operations.originate),
		),
	);

	test('replies, whatever their status, and every recorded one', () => {
		const recorded = fixturesOf(vendor.id).map(({ outcome }) => outcome);
		const failures = [...replies, ...recorded].filter(isFailed);
		expect(failures.length).toBeGreaterThan(15);
		for (const { message, advice } of failures) expect(`${message} ${advice}`).not.toMatch(/n8n/);
	});

	test('a sign-in that the vendor refuses', async () => {
		const { session } = vendor.signIn;
		if (session === undefined) return;
		for (const status of [200, 302, 400, 403, 500]) {
			for (const error of ['', 'unauthorized_client', 'invalid_grant', 'invalid_client']) {
				const through = answerWith(status, {}, JSON.stringify({ error }));
				expect(await explained(through)).not.toMatch(/n8n|undefined/);
			}
		}
	});
});
