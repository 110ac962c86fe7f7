import { inWordsOfPrograms } from '../../library/words.ts';
import { failed } from '../../nodes/shared/calling/outcome.ts';

test.each([
	['n8n needs TLS 1.2 or later.', 'This program needs TLS 1.2 or later.'],
	['Check it. n8n has renewed the token.', 'Check it. This program has renewed the token.'],
	['the network between n8n and it', 'the network between this program and it'],
	['the proxy settings of n8n.', 'the proxy settings of this program.'],
	["n8n's own request", "This program's own request"],
	['https://n8n.example refused', 'https://n8n.example refused'],
	['https://pbx.example/n8n refused', 'https://pbx.example/n8n refused'],
])('%s', (text, said) => {
	const outcome = inWordsOfPrograms({
		...failed('unknown', 'connection_lost', '', text),
		message: text,
	});
	expect(outcome).toMatchObject({ message: said, advice: said });
});

test('what is no failure stays as it is', () => {
	const placed = { status: 'accepted', callId: 'n8n', details: {} } as const;
	expect(inWordsOfPrograms(placed)).toBe(placed);
});
