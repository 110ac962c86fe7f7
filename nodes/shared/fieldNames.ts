import type { INodeProperties } from 'n8n-workflow';

/**
 * What texts call a vendor's field, by its name: as the form at hand shows it, an option as such, in a program by its
 * name. Undefined for what is not on that form; no text speaks of it then.
 */
export type FieldNames = (name: string) => string | undefined;

/** Where there is no form, as in the test of a credential. */
export const noNames: FieldNames = () => undefined;

/** The names of a form's own fields. */
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
