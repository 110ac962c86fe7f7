import type { Guards } from '../../../../nodes/shared/calling/limits/guards';
import { readItemOptions } from '../../../../nodes/shared/calling/options';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';

/** The limits that these options of an item set. */
export function guardsOf(options: Record<string, unknown>, timeZone = 'UTC'): Guards {
	const read = readItemOptions(options, timeZone);
	if (isInvalid(read)) throw new Error(read.texts.join(' '));
	return read.guards;
}

/** Why these options are refused; undefined if they are not. */
export function why(options: Record<string, unknown>): string | undefined {
	const read = readItemOptions(options, 'UTC');
	return isInvalid(read) ? read.texts.join(' ') : undefined;
}
