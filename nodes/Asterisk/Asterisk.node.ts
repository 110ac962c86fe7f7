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
import { testAsteriskApi } from './checkCredential';
import { asterisk } from './vendor';

export class Asterisk implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Asterisk',
		name: 'asterisk',
		icon: { light: 'file:asterisk.svg', dark: 'file:asterisk.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('endpoint', 'extension'),
		description:
			'Place a call through Asterisk or FreePBX: it rings a phone, then connects it to an extension or number. It rings real phones, and calls can cost money.',
		defaults: { name: 'Asterisk' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'asteriskApi', required: true, testedBy: 'asteriskApiTest' }],
		properties: propertiesOf(asterisk),
	};

	methods = {
		credentialTest: { asteriskApiTest: testAsteriskApi },
		listSearch: listSearchOf(asterisk),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, asterisk);
	}
}
