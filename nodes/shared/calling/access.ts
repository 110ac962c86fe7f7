import type { IExecuteFunctions } from 'n8n-workflow';

import { type Connection, openConnection } from '../wire/connection';
import { explainInvalid, explainUnreadable } from '../wire/explanation';
import { isInvalid } from '../wire/invalid';
import { type Effect, type Failed, troubleTo } from './outcome';
import type { Vendor } from './vendor';

/** Opens the connection. A failure is for every item. It never throws: an exception would lose the items of an earlier try. */
export async function connect(
	context: IExecuteFunctions,
	vendor: Vendor,
	effect: Effect = 'rings',
): Promise<Connection | Failed> {
	try {
		const connection = await openConnection(context, vendor);
		return isInvalid(connection) ? troubleTo(effect, explainInvalid(connection)) : connection;
	} catch (error) {
		return troubleTo(effect, explainUnreadable(error));
	}
}
