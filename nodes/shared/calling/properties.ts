import type { INodeProperties } from 'n8n-workflow';

import { notices, type OperationName, resourceAndOperation } from '../form/fields';
import type { Operations } from './contract/vendor';

/** The options of Originate that need Get. */
const followOptions = ['waitUntil', 'waitAtMost', 'lookUpUnknown'];

/** The form of a node: `common`, and the fields of the chosen operation. */
export function propertiesOf(
	{ operations }: { readonly operations: Operations },
	common: readonly INodeProperties[] = [],
): INodeProperties[] {
	const { originate, get, hangUp } = operations;
	const names: OperationName[] = [
		...(get === undefined ? [] : (['get'] as const)),
		...(hangUp === undefined ? [] : (['hangUp'] as const)),
		'originate',
	];
	const fields = get === undefined ? originate.fields.map(withoutFollowing) : originate.fields;
	return [
		...resourceAndOperation(names),
		...common,
		...[...notices, ...fields].map(shownFor('originate')),
		...(get?.fields ?? []).map(shownFor('get')),
		...(hangUp?.fields ?? []).map(shownFor('hangUp')),
	];
}

function shownFor(operation: OperationName) {
	return (field: INodeProperties): INodeProperties => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, resource: ['call'], operation: [operation] },
		},
	});
}

function withoutFollowing(field: INodeProperties): INodeProperties {
	if (field.name !== 'options') return field;
	return { ...field, options: field.options?.filter(({ name }) => !followOptions.includes(name)) };
}
