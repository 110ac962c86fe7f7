import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { execute } from '../shared/calling/execute';
import { subtitleOf } from '../shared/form/subtitle';
import { listSearchOf } from '../shared/wire/exchange/listSearch';
import { choices, credentials } from './fields';
import { genericVendor, properties } from './vendor';

export class OriginateCall implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Originate Call',
		name: 'originateCall',
		icon: { light: 'file:originatecall.svg', dark: 'file:originatecall.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('linkId', 'from', 'to'),
		description:
			'Place a call through Asterisk, Switchvox, IOVOX, Enswitch or VoipNow, with one form and one result for all. It rings real phones, and calls can cost money.',
		defaults: { name: 'Originate Call' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		properties,
	};

	methods = {
		listSearch: Object.assign({}, ...choices.map(listSearchOf)) as ReturnType<typeof listSearchOf>,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, genericVendor(this.getNodeParameter('vendor', 0, '')));
	}
}
