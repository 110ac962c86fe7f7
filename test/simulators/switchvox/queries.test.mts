import { attributesOf, errorsIn } from '../client.mts';
import { defaultAccounts } from '../switchvox.mts';
import { until } from '../../until.mts';
import { callXml, requestXml, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

const { readonly, user } = defaultAccounts;
let setup: Setup;

beforeAll(async () => {
	setup = await setUp({ secondMs: 20 });
});
beforeEach(() => {
	setup.pbx.reset();
});
afterAll(() => setup.close());

describe('switchvox.extensions.search', () => {
	const search = (parameters = '') =>
		setup.post(requestXml('switchvox.extensions.search', parameters), readonly);
	const numbers = async (parameters: string) =>
		attributesOf(await search(parameters), 'extension').map(({ number }) => number);

	test('gives pages of 50', async () => {
		const paging = { total_pages: '3', items_per_page: '50', total_items: '131' };
		const seen = new Set<string | undefined>();
		for (const [page, size] of [
			['1', 50],
			['2', 50],
			['3', 31],
			['4', 0],
		] as const) {
			const reply = await search(`<page_number>${page}</page_number>`);
			expect(attributesOf(reply, 'extensions')).toEqual([{ page_number: page, ...paging }]);
			const found = attributesOf(reply, 'extension');
			expect(found).toHaveLength(size);
			for (const { number } of found) seen.add(number);
		}
		expect(seen.size).toBe(131);
	});

	test('gives what the documented replies give of an extension', async () => {
		const range = '<min_extension>104</min_extension><max_extension>105</max_extension>';
		expect(attributesOf(await search(range), 'extension')[0]).toEqual({
			number: '104',
			status: '1',
			can_dial_from_ivr: '1',
			account_id: '1110',
			display: 'David Podolsky',
			date_created: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
			type: 'sip',
			type_display: 'SIP Extension',
			first_name: 'David',
			last_name: 'Podolsky',
			email_address: 'ext104@pbx.example',
			template_id: '1',
			template_name: 'Default',
		});
	});

	test('account ids are no extension numbers', async () => {
		const found = attributesOf(await search('<items_per_page>1000</items_per_page>'), 'extension');
		const ids = new Set(found.map(({ account_id }) => account_id));
		expect(ids.size).toBe(131);
		expect(found.filter(({ number }) => ids.has(number))).toEqual([]);
	});

	test('names hold markup and letters beyond ASCII', async () => {
		const reply = await search('<max_extension>112</max_extension>');
		const displays = attributesOf(reply, 'extension').map(({ display }) => display);
		expect(displays).toContain("Tom & Ann O'Neil <Sales>");
		expect(displays).toContain('Anna Müller-Lüdenscheidt');
		expect(reply.body).toContain('&amp; Ann O&apos;Neil &lt;Sales&gt;');
	});

	test('filters by type', async () => {
		const types = (...names: string[]) =>
			`<extension_types>${names.map((name) => `<extension_type>${name}</extension_type>`).join('')}</extension_types>`;
		expect(await numbers(types('ivr', 'call_queue'))).toEqual(['700', '800', '805']);
		expect(await numbers(types('virtual'))).toEqual(['120']);
		expect(await numbers(types('zap'))).toEqual([]);
	});

	test('a single hit is a list of one, no hit is an empty one', async () => {
		const range = (min: number, max: number) =>
			`<min_extension>${String(min)}</min_extension><max_extension>${String(max)}</max_extension>`;
		expect(await numbers(range(700, 799))).toEqual(['700']);
		const reply = await search(range(900, 999));
		expect(attributesOf(reply, 'extensions')).toEqual([
			{ page_number: '1', total_pages: '1', items_per_page: '50', total_items: '0' },
		]);
	});

	test('sorts by number unless asked otherwise', async () => {
		const page = '<items_per_page>2</items_per_page>';
		expect(await numbers(page)).toEqual(['101', '102']);
		expect(await numbers(`${page}<sort_order>DESC</sort_order>`)).toEqual(['805', '800']);
		expect(await numbers(`${page}<sort_field>display</sort_field>`)).toEqual(['805', '101']);
	});

	test.each([
		['<min_extension>a</min_extension>', '10010'],
		['<items_per_page>0</items_per_page>', '12018'],
		['<items_per_page>x</items_per_page>', '12018'],
		['<page_number>0</page_number>', '12019'],
		['<sort_field>name</sort_field>', '12016'],
		['<sort_order>up</sort_order>', '12017'],
		['<min_extension>5</min_extension><max_extension>5</max_extension>', '99007'],
		['<min_create_date>2020-01-01</min_create_date>', '99007'],
		['<get_converged>yes</get_converged>', '99007'],
		['<extension_types><extension_type>SIP</extension_type></extension_types>', '99007'],
		['<extension_types><type>sip</type></extension_types>', '99003'],
		['<query>Anna</query>', '99005'],
	])('refuses %s', async (parameters, code) => {
		expect(errorsIn(await search(parameters))).toEqual([expect.stringMatching(`^${code} `)]);
	});

	test('filters by date of creation, and refuses dates in the wrong order', async () => {
		const dates = (min: string, max: string) =>
			`<min_create_date>${min} 00:00:00</min_create_date><max_create_date>${max} 00:00:00</max_create_date>`;
		expect(await numbers(dates('2019-03-28', '2019-03-29'))).toEqual(['128', '156', '223', '317']);
		expect(errorsIn(await search(dates('2019-03-02', '2019-03-01')))).toEqual([
			expect.stringMatching('^12010 '),
		]);
	});
});

describe('switchvox.extensions.getInfo', () => {
	const info = (parameters: string) =>
		setup.post(requestXml('switchvox.extensions.getInfo', parameters), readonly);

	test('finds by number and by account, and says nothing of those it does not find', async () => {
		const reply = await info(
			'<extensions><extension>101</extension><extension>999</extension></extensions>' +
				'<account_ids><account_id>1110</account_id><account_id>1106</account_id></account_ids>',
		);
		const found = attributesOf(reply, 'extension').map((one) => [one.number, one.account_id]);
		expect(found).toEqual([
			['101', '1106'],
			['104', '1110'],
		]);
		expect(attributesOf(reply, 'extensions')).toEqual([{}]);
	});

	test.each([
		[
			'',
			[
				'10013 Invalid number of parameters. At least one of the following parameters is required : (extensions,account_ids)',
			],
		],
		['<extensions/>', ['10000 Missing extensions or account_ids']],
		[
			'<extensions><extension>abc</extension><extension>def</extension></extensions>',
			[
				'10010 Invalid extension (abc). Extensions may only contain digits or *.',
				'10010 Invalid extension (def). Extensions may only contain digits or *.',
			],
		],
		[
			'<account_ids><account_id>x</account_id></account_ids>',
			['10014 Invalid account_id (x). Account_ids may only contain digits.'],
		],
	])('refuses %s', async (parameters, errors) => {
		expect(errorsIn(await info(parameters))).toEqual(errors);
	});
});

describe('switchvox.currentCalls.getList', () => {
	// Without <parameters> at all, as public clients send it.
	const list = () => setup.post('<request method="switchvox.currentCalls.getList"></request>');

	test('has no current_call without calls', async () => {
		const reply = await list();
		expect(attributesOf(reply, 'current_calls')).toEqual([{ total_items: '0' }]);
		expect(attributesOf(reply, 'current_call')).toEqual([]);
	});

	test('shows a call that rings, then talks', async () => {
		setup.pbx.setParty('101', { answersAfterSeconds: 9 });
		const call = setup.post(callXml());
		await until(() => setup.pbx.rings.length === 1);
		expect(attributesOf(await list(), 'current_call')).toEqual([
			{
				id: expect.stringMatching(/^SIP\/101-/) as string,
				provider: 'Internal',
				state: 'ringing',
				start_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
				duration: expect.stringMatching(/^\d+$/) as string,
				from_caller_id_name: 'Anna Müller-Lüdenscheidt',
				from_caller_id_number: '101',
				to_caller_id_name: 'Tester 1',
				to_caller_id_number: '301',
				format: 'ulaw->ulaw',
			},
		]);
		await call;
		const current = attributesOf(await list(), 'current_call');
		expect(current.map(({ state }) => state)).toEqual(['talking']);
	});

	test('does not show a call that failed', async () => {
		setup.pbx.setParty('101', 'busy');
		await setup.post(callXml());
		expect(attributesOf(await list(), 'current_call')).toEqual([]);
	});
});

test('switchvox.info.getSoftwareVersion agrees with the authentication', async () => {
	const version = async () => {
		const reply = await setup.post('<request method="switchvox.info.getSoftwareVersion"/>');
		return attributesOf(reply, 'software')[0]?.version_display;
	};
	expect(await version()).toBe('8.2.2');
});

test('switchvox.users.getMyInfo gives the account of who logs in', async () => {
	const reply = await setup.post(
		'<request method="switchvox.users.getMyInfo"><parameters/></request>',
		user,
	);
	expect(attributesOf(reply, 'extension')).toEqual([
		expect.objectContaining({ number: '101', account_id: '1106' }),
	]);
});

test.each(['currentCalls.getList', 'info.getSoftwareVersion'])(
	'%s takes no parameters',
	async (name) => {
		const reply = await setup.post(requestXml(`switchvox.${name}`, '<a/>'));
		expect(errorsIn(reply)).toEqual(['99005 Unknown parameter (a).']);
	},
);
