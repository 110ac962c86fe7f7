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
import { voipNow } from './vendor';

export class VoipNow implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'VoipNow',
		name: 'voipNow',
		icon: { light: 'file:voipnow.svg', dark: 'file:voipnow.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: subtitleOf('source', 'destination'),
		description:
			'Place a call through VoipNow by 4PSA: ring one or more phones, then connect the first one that answers to another. It rings real phones, and calls can cost money.',
		defaults: { name: 'VoipNow' },
		// The canvas shows this name instead of the action's.
		skipNameGeneration: true,
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'voipNowOAuth2Api', required: true }],
		properties: propertiesOf(voipNow),
	};

	methods = { listSearch: listSearchOf(voipNow) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, voipNow);
	}
}
