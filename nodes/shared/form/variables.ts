import type { INodeProperties } from 'n8n-workflow';

import { toText } from '../wire/text/values';
import type { FieldReader } from './reader';

/** A value for the call flow or IVR that is dialed. */
export interface Variable {
	readonly name: string;
	readonly value: string;
}

/** A variable as it was entered. */
export interface EnteredVariable {
	readonly name: string;
	readonly value: unknown;
	/** What a text calls it, such as `number 2`. */
	readonly place: string;
}

/** A field with one row for each variable. */
export function variablesField(
	field: Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'displayOptions'>,
	row: {
		readonly nameDescription: string;
		readonly namePlaceholder: string;
		readonly valuePlaceholder: string;
	},
): INodeProperties {
	return {
		...field,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		options: [
			{
				displayName: 'Variable',
				name: 'variable',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: row.namePlaceholder,
						description: row.nameDescription,
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: row.valuePlaceholder,
					},
				],
			},
		],
	};
}

/** The rows of a {@link variablesField}. */
export function variableRows(form: FieldReader, field: string): EnteredVariable[] {
	return form.rows(field, 'variable').map(({ name, value }, index) => ({
		name: toText(name).trim(),
		value,
		place: `number ${index + 1}`,
	}));
}

/** What a vendor requires of a variable. */
export interface VariableRules {
	/** Where names are defined, as texts call it: "the IVR". */
	readonly source: string;
	/** Why a name cannot be sent, as the rest of a sentence; undefined for a good name. */
	refuseName(name: string): string | undefined;
}

/** Checks all variables; `refuse` gets each reason, as the rest of a sentence that starts with the field's label. */
export function checkVariables(
	entered: readonly EnteredVariable[],
	refuse: (why: string) => void,
	{ source, refuseName }: VariableRules,
): Variable[] {
	const names = new Set<string>();
	return entered.map(({ name, value, place }) => {
		const reasons = [
			name === '' ? `has no name. Enter the name that is defined in ${source}.` : refuseName(name),
			names.has(name) ? `is named "${name}" like an earlier one. Keep one of them.` : undefined,
			refuseValue(value),
		].filter((reason) => reason !== undefined);
		for (const why of reasons) refuse(`has a variable that cannot be sent: ${place} ${why}`);
		names.add(name);
		return { name, value: toText(value) };
	});
}

function refuseValue(value: unknown): string | undefined {
	if (typeof value === 'object' && value !== null) {
		return 'has a list or an object as its value. Enter a text or a number.';
	}
	return isInexact(value)
		? 'has a number with too many digits to keep. Enter it as text, in quotes.'
		: undefined;
}

/** A number with more digits than JavaScript keeps; some of them are lost already. */
function isInexact(value: unknown): boolean {
	return (
		typeof value === 'number' &&
		(!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
	);
}
