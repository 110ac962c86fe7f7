import { links } from '../iovox.mts';
import { xmlTree } from '../client.mts';
import { setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeAll(async () => {
	setup = await setUp();
});
afterAll(() => setup.close());

interface Answer {
	readonly response: Readonly<Record<string, unknown>> & {
		readonly results: { readonly result: unknown } | null;
	};
}

async function getJson(query: string): Promise<Answer['response']> {
	const reply = await setup.get(`&output=JSON${query}`);
	expect(reply.status).toBe(200);
	return (JSON.parse(reply.body) as Answer).response;
}

test('pages of strings', async () => {
	const page = await getJson('&limit=100&page=3&req_fields=lid,rn');
	expect(page).toMatchObject({ current_page: '3', total_pages: '3', total_results: '230' });
	expect(page.results?.result).toHaveLength(30);
	const [first] = (await getJson('&req_fields=lid,ln,rn')).results?.result as unknown[];
	expect(first).toEqual({
		link_id: 'link123',
		link_name: 'Documentation',
		rule_name: 'Click to call',
	});
});

test('one result is an object, and no result is null', async () => {
	expect((await getJson('&link_id=link123&req_fields=lid')).results).toEqual({
		result: { link_id: 'link123' },
	});
	expect((await getJson('&limit=1000&page=2')).results).toBeNull();
});

test('XML by default', async () => {
	const reply = await setup.get('&link_id=link-survey&req_fields=lid,ln');
	expect(xmlTree(reply.body)).toMatchObject({
		name: 'response',
		children: [
			{ name: 'current_page', text: '1' },
			{ name: 'total_pages', text: '1' },
			{ name: 'total_results', text: '1' },
			{
				name: 'results',
				children: [{ children: [{ text: 'link-survey' }, { text: 'Survey & <Feedback>' }] }],
			},
		],
	});
	expect(links.length).toBe(230);
});

test.each([
	['&page=x', 'Page Number not an integer'],
	['&limit=x', 'Limit not an integer'],
	['&limit=0', 'Limit must be between 1 and 20000'],
	['&limit=20001', 'Limit must be between 1 and 20000'],
	['&req_fields=lid,foo,bar', 'Required Fields Invalid: foo,bar'],
	['&output=CSV', 'Output Type Invalid'],
	['&link_id=nobody', 'Link ID does not exist'],
])('%s is refused', async (query, message) => {
	const reply = await setup.get(query);
	expect(reply.status).toBe(400);
	expect(reply.body).toContain(`<error status="400">${message}</error>`);
});
