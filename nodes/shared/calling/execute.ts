import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Vendor } from './contract/vendor';
import { followUp } from './followUp';
import { originate } from './originate';

/** Runs a node with the operation that is chosen on its form. */
export async function execute(
	context: IExecuteFunctions,
	vendor: Vendor,
): Promise<INodeExecutionData[][]> {
	const operation: unknown = context.getNodeParameter('operation', 0, 'originate');
	return operation === 'get' || operation === 'hangUp'
		? await followUp(context, vendor, operation)
		: await originate(context, vendor);
}
