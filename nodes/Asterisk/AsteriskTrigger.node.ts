import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { eventsSubtitle, triggerFields } from '../shared/trigger/fields';
import { listen } from '../shared/trigger/stream';
import { testAsteriskApi } from './checkCredential';
import { events } from './events';
import { asterisk } from './vendor';

export class AsteriskTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Asterisk Trigger',
		name: 'asteriskTrigger',
		icon: { light: 'file:asterisk.svg', dark: 'file:asterisk.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: eventsSubtitle,
		// n8n's node panel shows it for the node of this name, too.
		description:
			'Place calls through Asterisk or FreePBX, or start a workflow when a call rings, is answered or ends. Placed calls ring real phones and can cost money.',
		defaults: { name: 'Asterisk Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'asteriskApi', required: true, testedBy: 'asteriskApiTest' }],
		properties: triggerFields(events),
	};

	methods = { credentialTest: { asteriskApiTest: testAsteriskApi } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await listen(this, asterisk, events);
	}
}
