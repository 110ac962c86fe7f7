import type { JsonValue } from '../shared/wire/http';
import { isJsonList, member, parseJson, textOf } from '../shared/wire/json';
import { maxListCharacters } from '../shared/wire/limits';
import { ListError, type ListPage, type ListSearch, searchPages } from '../shared/wire/lists';
import { explainReply } from './originate/decode';
import { encodeQuestion } from './originate/encode';

/**
 * The endpoints for the field Endpoint, all on one page.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Endpoints_REST_API/#list
 */
export const searchEndpoints: ListSearch = async (ask, query) =>
	await searchPages(query, 'all', async () => {
		const answer = await ask(encodeQuestion('endpoints'));
		const explanation = explainReply(answer);
		if (explanation !== undefined) throw new ListError(explanation.what, explanation.advice);
		const parsed = parseJson(answer.body, maxListCharacters);
		if (!('value' in parsed && isJsonList(parsed.value))) {
			throw new ListError('The answer of Asterisk cannot be read.');
		}
		const items = parsed.value.flatMap(toItem);
		return { items: items.sort((a, b) => inOrder.compare(a.value, b.value)) };
	});

const inOrder = new Intl.Collator('en', { numeric: true });

function toItem(endpoint: JsonValue): ListPage['items'][number][] {
	const technology = textOf(member(endpoint, 'technology'));
	const resource = textOf(member(endpoint, 'resource'));
	if (technology === undefined || resource === undefined) return [];
	const value = `${technology}/${resource}`;
	const state = textOf(member(endpoint, 'state'));
	return [{ name: state === 'offline' ? `${value} (offline)` : value, value }];
}
