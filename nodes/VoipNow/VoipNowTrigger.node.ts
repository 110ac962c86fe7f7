import {
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { eventsSubtitle, triggerFields } from '../shared/trigger/fields';
import { isRegistered, register, unregister } from '../shared/trigger/registration';
import { receive } from '../shared/trigger/webhook';
import { events } from './events';
import { voipNow } from './vendor';

export class VoipNowTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'VoipNow Trigger',
		name: 'voipNowTrigger',
		icon: { light: 'file:voipnow.svg', dark: 'file:voipnow.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: eventsSubtitle,
		// n8n's node panel shows it for the node of this name, too.
		description:
			'Place calls through VoipNow by 4PSA, or start a workflow when a call rings, is answered or ends. Placed calls ring real phones and can cost money.',
		defaults: { name: 'VoipNow Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'voipNowOAuth2Api', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'events',
				// The node registers it, so there is nothing to copy.
				ndvHideUrl: true,
			},
		],
		properties: triggerFields(events),
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isRegistered(this, voipNow, events);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await register(this, voipNow, events);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unregister(this, voipNow, events);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, voipNow, events);
	}
}
