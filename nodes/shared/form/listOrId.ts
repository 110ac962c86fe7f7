import type { INodePropertyMode } from 'n8n-workflow';

/** The two ways to fill a resource locator. `searchListMethod` is one of the vendor's lists. */
export function listOrId(
	searchListMethod: string,
	placeholders: { readonly list: string; readonly id: string },
	idPattern?: { readonly regex: string; readonly errorMessage: string },
): INodePropertyMode[] {
	return [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: placeholders.list,
			typeOptions: { searchListMethod, searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: placeholders.id,
			...(idPattern === undefined
				? {}
				: { validation: [{ type: 'regex', properties: idPattern }] }),
		},
	];
}
