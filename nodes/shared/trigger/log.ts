import type {
	IHookFunctions,
	IPollFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import type { Service } from '../wire/signIn/service';

/** Writes lines such as "Switchvox Trigger ignored a request: ..." to n8n's log. */
export function logOf(
	context: IWebhookFunctions | IHookFunctions | ITriggerFunctions | IPollFunctions,
	{ displayName }: Pick<Service, 'displayName'>,
) {
	const { name } = context.getNode();
	const about = { node: name, workflowId: context.getWorkflow().id };
	const write = (level: 'info' | 'warn') => (what: string) => {
		context.logger[level](`${displayName} Trigger ${what}: node "${name}"`, about);
	};
	return { info: write('info'), warn: write('warn') };
}
