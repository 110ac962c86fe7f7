import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { execute } from '../shared/calling/execute';
import { propertiesOf } from '../shared/calling/properties';
import { subtitleOf } from '../shared/form/subtitle';
import { listSearchOf } from '../shared/wire/exchange/listSearch';
import { testEnswitchApi } from './checkCredential';
import { enswitch } from './vendor';

export class Enswitch implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Enswitch',
		name: 'enswitch',
		icon: { light: 'file:enswitch.svg', dark: 'file:enswitch.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('snumber', 'cnumber'),
		description:
			'Place a call through an Enswitch softswitch by Integrics: ring a telephone line or number, then connect it to another. It rings real phones, and calls can cost money.',
		defaults: { name: 'Enswitch' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'enswitchApi', required: true, testedBy: 'enswitchApiTest' }],
		properties: propertiesOf(enswitch),
	};

	methods = {
		credentialTest: { enswitchApiTest: testEnswitchApi },
		listSearch: listSearchOf(enswitch),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, enswitch);
	}
}
