import type { NumberOptions } from '../../shared/form/numberOptions';

/** The values of the form, as a program gives them. */
export type AsteriskForm = Readonly<{
	/** Rings first: such as PJSIP/101, or a number that the dialplan rings. */
	endpoint: string;
	/** Is called in the dialplan when the first one has answered. */
	extension: string;
	/** Of the dialplan; `from-internal`, as FreePBX calls it, when left out. */
	context?: string;
	/** Channel variables of the first call. */
	variables?: readonly Readonly<{ name: string; value: string | number }>[];
	options?: NumberOptions &
		Readonly<{
			/** The ID of the channel; a fresh one when left out. */
			callId?: string;
			/** A number, or as in `Sales <12025550100>`. */
			callerId?: string;
			/** Of the extension in the dialplan; 1 when left out. */
			priority?: number;
			/** Seconds to ring the endpoint; 30 when left out. */
			timeout?: number;
		}>;
}>;
