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
import { testIovoxApi } from './checkCredential';
import { iovox } from './vendor';

export class Iovox implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'IOVOX',
		name: 'iovox',
		icon: { light: 'file:iovox.svg', dark: 'file:iovox.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('linkId', 'callDestination'),
		description:
			'Place a call through IOVOX: the Calling Rules of a link decide which phone rings first. It rings real phones, and calls can cost money.',
		defaults: { name: 'IOVOX' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'iovoxApi', required: true, testedBy: 'iovoxApiTest' }],
		properties: propertiesOf(iovox),
	};

	methods = {
		credentialTest: { iovoxApiTest: testIovoxApi },
		listSearch: listSearchOf(iovox),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, iovox);
	}
}
