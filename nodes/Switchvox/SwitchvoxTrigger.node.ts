import {
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { addressPanel, eventsSubtitle, triggerFields } from '../shared/trigger/fields';
import { enteredByHand, receive } from '../shared/trigger/webhook';
import { events } from './events';
import { switchvox } from './vendor';

export class SwitchvoxTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Switchvox Trigger',
		name: 'switchvoxTrigger',
		icon: { light: 'file:switchvox.svg', dark: 'file:switchvox.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: eventsSubtitle,
		// n8n's node panel shows it for the node of this name, too.
		description:
			'Place calls through a Switchvox PBX by Sangoma, or start a workflow when a call rings, is answered or ends. Placed calls ring real phones and can cost money.',
		defaults: { name: 'Switchvox Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				path: 'events',
				ndvHideUrl: true,
			},
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'events' },
		],
		triggerPanel: addressPanel(switchvox),
		properties: triggerFields(events),
	};

	webhookMethods = enteredByHand;

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, switchvox, events);
	}
}
