import {
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { eventsSubtitle, triggerFields } from '../shared/trigger/fields';
import { checkForm, receive } from '../shared/trigger/webhook';
import { events } from './events';
import { enswitch } from './vendor';

export class EnswitchTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Enswitch Trigger',
		name: 'enswitchTrigger',
		icon: { light: 'file:enswitch.svg', dark: 'file:enswitch.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: eventsSubtitle,
		description:
			'Start a workflow when a call on an Enswitch softswitch by Integrics rings, is answered or ends, and when somebody dials out',
		defaults: { name: 'Enswitch Trigger' },
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
		properties: triggerFields(events),
	};

	// A person enters the address in Enswitch, so there is nothing to register.
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(false);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(checkForm(this));
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, enswitch, events);
	}
}
