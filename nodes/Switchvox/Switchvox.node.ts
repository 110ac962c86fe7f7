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
import { testSwitchvoxApi } from './checkCredential';
import { switchvox } from './vendor';

export class Switchvox implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Switchvox',
		name: 'switchvox',
		icon: { light: 'file:switchvox.svg', dark: 'file:switchvox.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('dialFirst', 'dialSecond'),
		description:
			'Place a call through a Switchvox PBX by Sangoma: ring an extension or phone number, then connect it to another. It rings real phones, and calls can cost money.',
		defaults: { name: 'Switchvox' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'switchvoxApi', required: true, testedBy: 'switchvoxApiTest' }],
		properties: propertiesOf(switchvox),
	};

	methods = {
		credentialTest: { switchvoxApiTest: testSwitchvoxApi },
		listSearch: listSearchOf(switchvox),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, switchvox);
	}
}
