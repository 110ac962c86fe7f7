/** The contract of every vendor, run from the registry. */
import { isUnreadable } from '../nodes/shared/wire/text/unreadable.ts';
import { isExplanation } from '../nodes/shared/wire/reply/explanation.ts';
import type { IExecuteFunctions } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { namesOf } from '../library/call.ts';
import { genericVendor } from '../nodes/OriginateCall/vendor.ts';
import type { Generic, Originate, Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { checkDestinations, rungBy } from '../nodes/shared/calling/limits/guards.ts';
import { readItemOptions } from '../nodes/shared/calling/options.ts';
import { originate } from '../nodes/shared/calling/originate.ts';
import { commonOptions } from '../nodes/shared/form/fields.ts';
import { numberFormats } from '../nodes/shared/form/numberOptions.ts';
import type { HttpRequest, HttpResponse } from '../nodes/shared/wire/reply/http.ts';
import { isInvalid } from '../nodes/shared/wire/text/invalid.ts';
import { knownSession } from '../nodes/shared/wire/signIn/signIn.ts';
import { parseXml } from '../nodes/shared/wire/text/xml.ts';
import { vendors } from '../nodes/vendors.ts';
import { type Fixture, fixturesOf, folderOf } from './fixtures/fixtures.mts';
import { shortenPauses } from './shortenPauses.mts';

shortenPauses();

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
	n8n: { nodes: string[]; credentials: string[] };
	repository: { url: string };
};

const placed = new Set(['answered', 'accepted', 'scheduled']);

test('a list method and an own field of the generic form are one vendor’s: they share one node', () => {
	for (const namesOf of [
		({ lists = {} }: Vendor) => Object.keys(lists),
		({ operations }: Vendor) => operations.originate.generic.ownFields,
	]) {
		const names = vendors.flatMap(namesOf);
		expect(names).toEqual([...new Set(names)]);
	}
});

test('the ids are unique and in camel case', () => {
	const ids = vendors.map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/);
});

describe.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(_name, vendor) => {
		const folder = folderOf(vendor.id);
		const fixtures = fixturesOf(vendor.id);
		const cases = (wanted: (fixture: Fixture) => boolean = () => true) =>
			fixtures.filter(wanted).map((fixture) => [fixture.name, fixture] as const);

		test('its node and its credential are registered and there', () => {
			const credential = vendor.credentialType.replace(/^./, (first) => first.toUpperCase());
			expect(manifest.n8n.nodes).toContain(`dist/nodes/${folder}/${folder}.node.js`);
			expect(manifest.n8n.credentials).toContain(`dist/credentials/${credential}.credentials.js`);
			for (const file of [
				`credentials/${credential}.credentials.ts`,
				...['.node.ts', '.node.json'].map((end) => `nodes/${folder}/${folder}${end}`),
				...['vendor', 'signIn'].map((part) => `nodes/${folder}/${part}.ts`),
				...['fields', 'read', 'encode', 'decode'].map(
					(part) => `nodes/${folder}/originate/${part}.ts`,
				),
				...['', '.dark'].map((theme) => `nodes/${folder}/${folder.toLowerCase()}${theme}.svg`),
				`docs/${folder.toLowerCase()}.md`,
			]) {
				expect([file, existsSync(file)]).toEqual([file, true]);
			}
		});

		test('its trigger is registered and there, if it has events, and leads to its page', () => {
			const file = `nodes/${folder}/${folder}Trigger.node`;
			const hasEvents = vendor.events !== undefined;
			expect(manifest.n8n.nodes.includes(`dist/${file}.js`)).toBe(hasEvents);
			expect(existsSync(`${file}.ts`)).toBe(hasEvents);
			if (!hasEvents) return;
			// n8n's node panel shows both as one entry, which it finds by the words of the node only.
			expect(codexOf(`${folder}Trigger`)).toEqual({
				...codexOf(folder),
				node: `n8n-nodes-originate-call.${vendor.id}Trigger`,
			});
			expect(codexOf(folder).alias).toEqual(
				expect.arrayContaining(['incoming call', 'missed call', 'call ended']),
			);
		});

		const codexOf = (node: string) =>
			JSON.parse(readFileSync(`nodes/${folder}/${node}.node.json`, 'utf8')) as {
				readonly resources: object;
				readonly alias: readonly string[];
			};

		test('its links Docs lead to its page', () => {
			const codex = codexOf(folder);
			const page = `${manifest.repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/docs/${folder.toLowerCase()}.md`;
			// n8n adds a query to the address of a node, which has to come before any anchor.
			expect(codex.resources).toEqual({
				primaryDocumentation: [{ url: page }],
				credentialDocumentation: [{ url: `${page}#credential` }],
			});
			const credential = vendor.credentialType.replace(/^./, (first) => first.toUpperCase());
			const source = readFileSync(`credentials/${credential}.credentials.ts`, 'utf8');
			expect(source).toMatch(new RegExp(`documentationUrl =\\s*'${page}#credential';`));
		});

		test('its exchanges show a placed, a refused and an unreadable answer', () => {
			const statuses = fixtures.map(({ outcome, response }) => [outcome.status, response.status]);
			expect(statuses.some(([status]) => placed.has(String(status)))).toBe(true);
			expect(statuses.some(([status]) => status === 'refused')).toBe(true);
			expect(statuses.some(([status, http]) => status === 'unknown' && http === 200)).toBe(true);
		});

		test('the common fields and options are on its form', () => {
			const options =
				vendor.operations.originate.fields.find((field) => field.name === 'options')?.options ?? [];
			expect(options.map((option) => option.name)).toEqual(
				expect.arrayContaining(['dryRun', 'includeResponse', 'interval', 'maxConcurrent']),
			);
		});

		test('an option that is added and left as it is does what its label says', () => {
			for (const fields of [
				vendor.operations.originate.fields,
				genericVendor(vendor.id).operations.originate.fields,
			]) {
				const options = fields.find(({ name }) => name === 'options')?.options ?? [];
				const booleans = options.filter((option) => 'type' in option && option.type === 'boolean');
				expect(booleans.map(({ name }) => name)).toContain('dryRun');
				for (const option of booleans) expect(option).toMatchObject({ default: true });
				// Without a row, n8n drops it from the form with the next change.
				const hours = options.find(({ name }) => name === 'callingHours');
				expect(hours).toMatchObject({ typeOptions: { multipleValues: false } });
				expect(hours).toMatchObject({ default: { window: {} } });
			}
		});

		test('a list’s field that may stay empty may be empty By ID: n8n would not start the workflow', () => {
			for (const { type, required, modes = [] } of vendor.operations.originate.fields) {
				if (type !== 'resourceLocator' || required === true) continue;
				const rules = modes.flatMap(({ validation = [] }) => validation) as unknown as {
					readonly properties: { readonly regex: string };
				}[];
				for (const { properties } of rules) expect('').toMatch(new RegExp(`^${properties.regex}$`));
			}
		});

		test.each(cases(({ input }) => input !== undefined))('reads the form: %s', (_, fixture) => {
			const call = vendor.operations.originate.read(fixture.input ?? {});
			if (fixture.invalid === undefined) expect(call).toEqual(fixture.call);
			else expect(call).toEqual({ kind: 'invalid', texts: fixture.invalid });
		});

		test.each(cases(({ request }) => request !== undefined))('encodes: %s', (_, fixture) => {
			const request = vendor.operations.originate.encode(fixture.call);
			if (isInvalid(request)) throw new Error(request.texts.join(' '));
			const { body = '', ...rest } = request;
			const { body: expectedBody, ...expected } = fixture.request ?? { body: '' };
			expect(rest).toEqual(expected);
			expect(tree(body)).toEqual(tree(expectedBody));
		});

		test.each(cases())('decodes: %s', (_, { response, call, outcome }) => {
			const { response: parsed, ...decoded } = {
				response: undefined,
				...vendor.operations.originate.decode(response, call),
			};
			expect(decoded).toEqual(outcome);
			if (placed.has(outcome.status)) expect(parsed).toBeDefined();
		});

		test.each(cases(({ outcome }) => 'message' in outcome))(
			'a headline of two sentences says what happened and whether a phone rang: %s',
			(_, { outcome }) => {
				if (!('message' in outcome)) throw new Error('not a failure');
				// What is quoted, and a vendor's own first sentence, may have stops inside.
				const [what, ...more] = outcome.message.replace(/"[^"]*"/g, '""').split(/[.!?] (?=[A-Z])/);
				expect([what, more]).toEqual([expect.any(String), [expect.any(String)]]);
				expect(more[0]).toMatch(/^(No call was placed|The (call|first phone) may have .+)\.$/);
			},
		);

		// Words of a label are text like any other where they are not a name: what counts is the whole of a name.
		const labels = [
			...vendor.operations.originate.fields,
			...(vendor.operations.originate.fields.find(({ name }) => name === 'options')?.options ?? []),
		]
			.flatMap((field) =>
				'displayName' in field ? [field.displayName.replace(/ \([^)]*\)$/, '')] : [],
			)
			.filter((label) => / [A-Z]/.test(label));
		const shown = (asked: Vendor) =>
			JSON.stringify(asked.operations.originate.fields.filter(({ type }) => type !== 'hidden'));
		test.each(cases())('names fields of the form at hand alone: %s', (_, { response, call }) => {
			const generic = genericVendor(vendor.id);
			const known = vendor.operations.originate.decode(response, call);
			const texts = [
				[known, (label: string) => shown(vendor).includes(label)],
				[
					generic.operations.originate.decode(response, call),
					(label: string) => shown(generic).includes(label),
				],
				[
					vendor.operations.originate.decode(response, call, namesOf(vendor.operations.originate)),
					() => false,
				],
			] as const;
			for (const [outcome, isShown] of texts) {
				const { message, advice, vendorErrors } = {
					...{ message: '', advice: '', vendorErrors: [] },
					...outcome,
				};
				const own = vendorErrors.reduce(
					(text, said) => text.replaceAll(said.message, ''),
					`${message} ${advice}`,
				);
				const strange = labels.filter((label) => own.includes(label) && !isShown(label));
				expect([strange, own]).toEqual([[], own]);
			}
			const told = JSON.stringify(
				vendor.operations.originate.decode(response, call, () => undefined),
			);
			expect(told).not.toMatch(/undefined|\bthe option\b/);
		});

		let statusIsProof: readonly number[] = [];
		beforeAll(async () => {
			const file = join(import.meta.dirname, folder, 'proof.mts');
			if (!existsSync(file)) return;
			({ statusIsProof = [] } = (await import(file)) as { statusIsProof?: readonly number[] });
		});

		// Where the status alone is the proof, a damaged body does not take it away; a body alone is none all the same.
		const withoutProof = (response: HttpResponse) =>
			statusIsProof.includes(response.status) ? { ...response, status: 200 } : response;
		const damaged: Record<string, (response: HttpResponse) => HttpResponse> = {
			'an empty body': (response) => ({ ...response, body: '' }),
			'a web page': (response) => ({
				...response,
				headers: { 'content-type': 'text/html' },
				body: '<html><body>Sign in</body></html>',
			}),
			'half a body': (response) => ({
				...response,
				body: response.body.slice(0, response.body.length / 2),
			}),
			'HTTP 500': (response) => ({ ...response, status: 500 }),
			'HTTP 302': (response) => ({ ...response, status: 302, headers: { location: '/' } }),
		};
		const placedCases = cases(({ outcome }) => placed.has(outcome.status));
		// What a vendor documents as success, such as 204, is no damage.
		const isDocumented = ({ status, body }: HttpResponse) =>
			placedCases.some(([, { response }]) => response.status === status && response.body === body);
		test.each(
			placedCases
				.flatMap(([file, fixture]) =>
					Object.entries(damaged).map(([how, damage]) => [how, file, damage, fixture] as const),
				)
				.filter(([, , damage, { response }]) => !isDocumented(damage(response))),
		)('%s proves no call: %s', (_how, _file, damage, { response, call }) => {
			expect(
				placed.has(vendor.operations.originate.decode(damage(withoutProof(response)), call).status),
			).toBe(false);
		});

		test('every cut of a placed reply is unknown or the same', () => {
			const [, fixture] = placedCases[0] ?? [];
			if (fixture === undefined) throw new Error('no placed exchange');
			const { response, call, outcome } = fixture;
			for (let length = 0; length < response.body.length; length++) {
				const cut = vendor.operations.originate.decode(
					{ ...response, body: response.body.slice(0, length) },
					call,
				);
				expect(['unknown', outcome.status]).toContain(cut.status);
			}
		});

		test.each(cases(({ outcome }) => placed.has(outcome.status)))(
			'the numbers that guards look at are those on the wire: %s',
			(_file, { call }) => {
				const request = vendor.operations.originate.encode(call);
				if (isInvalid(request)) throw new Error(request.texts.join(' '));
				const sent = leaves(decodeBody(request));
				for (const number of vendor.operations.originate.numbers(call)) {
					if (number === null) continue;
					expect(number).toMatch(/^\+?[0-9*#]+$/);
					expect(sent.some((text) => text.includes(number))).toBe(true);
				}
			},
		);

		describe.each([
			['its own form', vendor, ({ fields }: Generic) => fields.to],
			['the generic form', genericVendor(vendor.id), () => 'to'],
		] as const)('guards see the number of %s', (_whose, asked, toField) => {
			const [, own] =
				cases(({ input, outcome }) => input !== undefined && placed.has(outcome.status))[0] ?? [];
			const spellings = ['+44 (0)1632 960123', '+441632960123', '01632 960123', '(01632) 960-123'];
			const lists = [
				[{ blockedDestinations: ['+44163296'] }, 'destination_blocked'],
				[{ allowedDestinations: ['+1'] }, 'destination_not_allowed'],
			] as const;
			test.each(numberFormats)('in the format %s, however it is spelled', (numberFormat) => {
				for (const to of spellings) {
					for (const [list, reason] of lists) {
						const options = { ...list, numberFormat, defaultCountry: 'GB' };
						const common = {
							linkId: 'link123',
							accountType: 'admin',
							accountId: '1106',
							userId: '@me',
						};
						const base = asked === vendor ? own?.input : { from: '441632960124', ...common };
						const call = asked.operations.originate.read({
							...base,
							[toField(vendor.operations.originate.generic) ?? '']: to,
							options,
						});
						const read = readItemOptions(options, 'UTC');
						if (isInvalid(call)) throw new Error(call.texts.join(' '));
						if (isInvalid(read)) throw new Error(read.texts.join(' '));
						const kept = checkDestinations(rungBy(asked.operations.originate, call), read.guards);
						expect([to, kept?.reason]).toEqual([to, reason]);
					}
				}
			});
		});

		const hostile = `</a><b c="1">&'"]]>\\{};=,%00`;
		const [, base] =
			cases(({ input, outcome }) => input !== undefined && placed.has(outcome.status))[0] ?? [];
		test.each(textFields(vendor.operations.originate))(
			'markup in %s stays text on the wire, or is refused',
			(_label, put) => {
				const call = vendor.operations.originate.read(put(base?.input ?? {}, hostile));
				if (isInvalid(call)) {
					expect(call.texts.join(' ')).toMatch(/Use|Enter|Choose|Remove|Shorten/);
					return;
				}
				const request = vendor.operations.originate.encode(call);
				if (isInvalid(request)) throw new Error(request.texts.join(' '));
				expect(leaves(decodeBody(request)).some((text) => text.includes(hostile))).toBe(true);
			},
		);

		const marker = 'marker-of-a-secret';
		const lostWithSecrets = Object.assign(new Error(`lost ${marker}`), {
			code: 'ECONNRESET',
			config: { headers: { Authorization: marker, secureKey: marker }, data: marker },
		});
		test.each([
			['a dry run', { dryRun: true }, () => Promise.reject(lostWithSecrets)],
			['a lost connection', {}, () => Promise.reject(lostWithSecrets)],
			['HTTP 500', {}, () => Promise.resolve({ statusCode: 500, headers: {}, body: '' })],
			['HTTP 401', {}, () => Promise.resolve({ statusCode: 401, headers: {}, body: '' })],
		])('%s shows no secret of the credential', async (_how, options, answer) => {
			const form: Readonly<Record<string, unknown>> = {
				...base?.input,
				options: { ...Object(base?.input?.options), ...options },
			};
			const context = {
				continueOnFail: () => true,
				getCredentials: () => Promise.resolve(credentialOf(marker)),
				getExecutionCancelSignal: () => undefined,
				getTimezone: () => 'UTC',
				getExecutionId: () => '1',
				getInputData: () => [{ json: {} }],
				getNode: () => ({ name: 'Node', type: 'test', onError: 'continueErrorOutput' }),
				getNodeParameter: (field: string, _index: number, fallback: unknown) =>
					form[field] ?? fallback,
				getWorkflowDataProxy: () => ({ $runIndex: 0 }),
				helpers: { httpRequestWithAuthentication: answer },
			} as unknown as IExecuteFunctions;
			const [[item] = []] = await originate(context, vendor);
			expect(item?.json.vendor).toBe(vendor.id);
			const stored = JSON.stringify([item, item?.error?.message, item?.error]);
			expect(stored).not.toContain(marker);
		});

		test('a request is signed in without a secret in its address', () => {
			const request = vendor.operations.originate.encode(base?.call ?? {});
			if (isInvalid(request)) throw new Error(request.texts.join(' '));
			const credential = { ...credentialOf(marker), authentication: 'basic' };
			const session = knownSession(vendor.signIn, credential) ?? marker;
			const given = { session, uri: request.path };
			const signed = vendor.signIn.sign(request, credential, given);
			if (isExplanation(signed)) throw new Error(signed.what);
			expect(signed.path).toBe(request.path);
			expect(signed).not.toEqual(request);
			expect(signed).toMatchObject({ method: request.method, headers: request.headers });
		});

		test('waits at least a second for a reply to any of its calls', () => {
			for (const { call } of fixtures) {
				expect(vendor.operations.originate.replyTimeoutSeconds(call)).toBeGreaterThanOrEqual(1);
			}
		});
	},
);

/** A credential of any vendor, whose secrets are all the same text. */
function credentialOf(secret: string) {
	const secrets = ['password', 'secureKey', 'clientSecret', 'apiKey', 'challenge'];
	return {
		baseUrl: 'https://pbx.example',
		environment: 'custom',
		username: 'user',
		...Object.fromEntries(secrets.map((name) => [name, secret])),
	};
}

/** Every field and option of a form that takes any text, with how to put one into a form's values. */
function textFields({ fields }: Originate) {
	type Put = (form: Readonly<Record<string, unknown>>, text: string) => Record<string, unknown>;
	const options = fields.find(({ name }) => name === 'options')?.options ?? [];
	const commonNames = commonOptions.map(({ name }) => name);
	const typeOf = (field: object) => ('type' in field ? field.type : undefined);
	const top: [string, Put][] = fields
		.filter(({ type }) => type === 'string' || type === 'resourceLocator')
		.map(({ name }) => [name, (form, text) => ({ ...form, [name]: text })]);
	const inOptions: [string, Put][] = options
		// What every node has is not sent.
		.filter((option) => typeOf(option) === 'string' && !commonNames.includes(option.name))
		.map(({ name }) => [
			`options.${name}`,
			(form, text) => ({ ...form, options: { ...Object(form.options), [name]: text } }),
		]);
	const inRows: [string, Put][] = fields
		.filter(({ type }) => type === 'fixedCollection')
		.map(({ name, options: [row] = [] }) => [
			`a value of ${name}`,
			(form, text) => ({ ...form, [name]: { [row?.name ?? '']: [{ name: 'a', value: text }] } }),
		]);
	return [...top, ...inOptions, ...inRows];
}

/** A request's body as whoever receives it reads it. */
function decodeBody({ body = '', headers }: HttpRequest): unknown {
	const type = headers['Content-Type'] ?? '';
	if (type.includes('xml')) return tree(body);
	if (type.includes('json')) return JSON.parse(body) as unknown;
	if (type.includes('urlencoded')) return [...new URLSearchParams(body)];
	return body;
}

function leaves(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [String(value)];
	return Object.values(value).flatMap(leaves);
}

/** XML and JSON as a tree, anything else as it is. */
function tree(body: string): unknown {
	if (/^\s*[[{]/.test(body)) return JSON.parse(body);
	const root = parseXml(body);
	return isUnreadable(root) ? body : root;
}
