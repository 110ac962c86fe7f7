import { setUpPage } from '../../../nodes/shared/trigger/page';

const address = 'https://n8n.example/webhook/7d1f/events';

function pageOf(of: string, label = 'URL', value = of): string {
	const setUp = () => ({ steps: ['Enter it.'], values: [{ label, value }] });
	return setUpPage({ displayName: 'Some PBX' }, { setUp }, of);
}

test('shows the steps and the values for this address', () => {
	const setUp = (at: string) => ({
		steps: ['Open Settings.', 'Enter the addresses.'],
		values: [
			{ label: 'Answer', value: `${at}?on=answered&name=%NAME%` },
			{ label: 'Template', value: '{\n  "a": "#a#"\n}' },
		],
	});
	const page = setUpPage({ displayName: 'Some PBX' }, { setUp }, address);
	expect(page).toContain('<title>Some PBX Trigger</title>');
	expect(page).toContain('<li>Open Settings.</li>\n<li>Enter the addresses.</li>');
	expect(page).toContain(
		`<dt>Answer</dt><dd><code>${address}?on=answered&amp;name=%NAME%</code></dd>`,
	);
	expect(page).toContain('<code>{\n  &quot;a&quot;: &quot;#a#&quot;\n}</code>');
});

test('has no scripts, and nothing from elsewhere', () => {
	const page = pageOf(address);
	expect(page).not.toMatch(/<script|<link|<img|src=|javascript:/i);
});

test.each(['<script>alert(1)</script>', '"><img src=x>', "' onload='x", '&lt;', '</code></dd>'])(
	'escapes what it shows: %s',
	(text) => {
		const page = pageOf(`${address}/${text}`, text, text);
		const shown = page.slice(page.indexOf('<dl>'), page.indexOf('</dl>'));
		// The tags are our own, and nothing else.
		expect(shown.replace(/<\/?(?:dl|dt|dd|code)>/g, '')).not.toMatch(/[<>"]/);
		expect(shown.match(/<dt>/g)).toHaveLength(1);
		expect(shown.match(/<\/code>/g)).toHaveLength(1);
		const decoded = shown
			.replace(/&lt;/g, '<')
			.replace(/&gt;/g, '>')
			.replace(/&quot;/g, '"')
			.replace(/&amp;/g, '&');
		expect(decoded).toContain(`<dt>${text}</dt>`);
	},
);

test.each<[string, boolean]>([
	['http://localhost:5678/webhook/7d1f/events', true],
	['http://127.0.0.1:5678/webhook/7d1f/events', true],
	['http://127.8.9.1/webhook/7d1f/events', true],
	['http://[::1]:5678/webhook/7d1f/events', true],
	['http://0.0.0.0:5678/webhook/7d1f/events', true],
	['https://localhost/webhook/7d1f/events', true],
	['https://localhost.example/webhook/7d1f/events', false],
	['https://n8n.example/webhook/localhost/events', false],
	['http://192.0.2.4:5678/webhook/7d1f/events', false],
])('warns of an address that works on this computer only: %s, %s', (of, isLocal) => {
	expect(pageOf(of).includes('WEBHOOK_URL')).toBe(isLocal);
});
