import { type Connection, type Context, openConnection } from '../wire/exchange/connection';
import { explainInvalid, explainUnreadable } from '../wire/reply/explanation';
import { isInvalid } from '../wire/text/invalid';
import { type Failed, type Subject, troubleTo } from './contract/outcome';
import type { Vendor } from './contract/vendor';

/** Opens the connection. A failure is for every item. It never throws: an exception would lose the items of an earlier try. */
export async function connect(
	context: Context,
	vendor: Vendor,
	subject: Subject = 'rings',
): Promise<Connection | Failed> {
	try {
		const connection = await openConnection(context, vendor);
		return isInvalid(connection) ? troubleTo(subject, explainInvalid(connection)) : connection;
	} catch (error) {
		return troubleTo(subject, explainUnreadable(error));
	}
}
