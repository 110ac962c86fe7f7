import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { triggerFields } from '../shared/trigger/fields';
import { poll } from '../shared/trigger/poll';
import { listSearchOf } from '../shared/wire/exchange/listSearch';
import { testIovoxApi } from './checkCredential';
import { events } from './events';
import { iovox } from './vendor';

export class IovoxTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'IOVOX Trigger',
		name: 'iovoxTrigger',
		icon: { light: 'file:iovox.svg', dark: 'file:iovox.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: '={{ $parameter["linkId"] || "all links" }}',
		// n8n's node panel shows it for the node of this name, too.
		description:
			'Place calls through IOVOX, or start a workflow when a call has ended, answered or missed. Placed calls ring real phones and can cost money.',
		defaults: { name: 'IOVOX Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'iovoxApi', required: true, testedBy: 'iovoxApiTest' }],
		properties: triggerFields(events),
	};

	methods = {
		credentialTest: { iovoxApiTest: testIovoxApi },
		listSearch: listSearchOf(iovox),
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, iovox, events);
	}
}
