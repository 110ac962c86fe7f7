import { isFailed, type Outcome } from '../nodes/shared/calling/outcome';

/** The texts are the nodes' own: where they speak of n8n, this program is meant. */
export function inWordsOfPrograms(outcome: Outcome): Outcome {
	if (!isFailed(outcome)) return outcome;
	const { message, advice } = outcome;
	return { ...outcome, message: reword(message), advice: reword(advice) };
}

/** The word by itself: as part of an address, it stays. */
const n8n = /(?<=^|\s)n8n(?=[\s,;']|[.](?:\s|$)|$)/g;

function reword(text: string): string {
	return text.replace(n8n, (_word, at: number) =>
		/(?:^|[.!?] )$/.test(text.slice(0, at)) ? 'This program' : 'this program',
	);
}
