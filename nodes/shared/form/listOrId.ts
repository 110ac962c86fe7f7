import type { INodeProperties } from 'n8n-workflow';

/** A field whose value is chosen from a list of the vendor or entered. `searchListMethod` is one of the vendor's lists. */
export function listOrId(
	searchListMethod: string,
	placeholders: { readonly list: string; readonly id: string },
	idPattern?: { readonly regex: string; readonly errorMessage: string },
): Pick<INodeProperties, 'type' | 'default' | 'modes'> {
	const validation =
		idPattern === undefined ? {} : { validation: [{ type: 'regex', properties: idPattern }] };
	return {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
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
				...validation,
			},
		],
	};
}
