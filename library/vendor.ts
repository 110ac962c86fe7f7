import type { Vendor } from '../nodes/shared/calling/contract/vendor';
import type { FormValues } from '../nodes/shared/form/reader';
import { explain, type Explanation, isExplanation } from '../nodes/shared/wire/reply/explanation';
import type { FieldNames } from '../nodes/shared/wire/reply/status';
import { vendors } from '../nodes/vendors';
import { formOf, namesOf, type ToForm } from './call';
import { type Connection, openConnection } from './connection';
import type { Dispatcher } from './exchange';

/** A vendor of the registry, with what a program needs to call through it. */
export interface Opened {
	readonly kind: 'opened';
	readonly registered: Vendor;
	readonly toForm: ToForm;
	readonly names: FieldNames;
	readonly connection: Connection;
}

/** The explanation says that there is no such vendor, or that the credential cannot be read. */
export function openVendor(
	id: string,
	credential: object,
	dispatcher: Dispatcher | undefined,
): Opened | Explanation {
	const registered = vendors.find((known) => known.id === id);
	if (registered === undefined) {
		return explain(
			'not_sent',
			'invalid_input',
			`There is no vendor "${id}".`,
			`Choose one of: ${vendors.map((known) => known.id).join(', ')}.`,
		);
	}
	const connection = openConnection(registered, { ...credential } as FormValues, dispatcher);
	if (isExplanation(connection)) return connection;
	const names = namesOf(registered.operations.originate);
	return { kind: 'opened', registered, toForm: formOf(registered), names, connection };
}
