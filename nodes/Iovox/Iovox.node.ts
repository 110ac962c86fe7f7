import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { listSearchOf } from '../shared/lists';
import { originate } from '../shared/originate';
import { subtitleOf } from '../shared/subtitle';
import { testIovoxApi } from './credentialTest';
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
			'Place a call through IOVOX: the Calling Rules of a link say who rings first. It rings real phones, and calls can cost money.',
		defaults: { name: 'IOVOX' },
		// On the canvas it has this name, and not that of its action.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'iovoxApi', required: true, testedBy: 'iovoxApiTest' }],
		properties: iovox.fields,
	};

	methods = {
		credentialTest: { iovoxApiTest: testIovoxApi },
		listSearch: listSearchOf(iovox),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await originate(this, iovox);
	}
}
