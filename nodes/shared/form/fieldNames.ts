import type { INodeProperties } from 'n8n-workflow';

import type { FieldNames } from '../wire/reply/status';

/** What texts call the fields of a form: their labels, without the units. */
export function fieldNamesOf(fields: readonly INodeProperties[]): FieldNames {
	const options = fields.find(({ name }) => name === 'options')?.options ?? [];
	const names = new Map([
		...fields.map(({ name, displayName }) => [name, withoutUnit(displayName)] as const),
		...options.flatMap((option) =>
			'displayName' in option
				? [[option.name, `the option ${withoutUnit(option.displayName)}`] as const]
				: [],
		),
	]);
	return (name) => names.get(name);
}

function withoutUnit(label: string): string {
	return label.replace(/ \([^)]*\)$/, '');
}
