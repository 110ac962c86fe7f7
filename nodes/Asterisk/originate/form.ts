import type { NumberOptions } from '../../shared/form/numberOptions';

/** The form's values, as a program passes them. */
export type AsteriskForm = Readonly<{
	/** Rings first, such as PJSIP/101, or a number that the dialplan rings. */
	endpoint: string;
	/** The dialplan calls it after the endpoint has answered. */
	extension: string;
	/** Dialplan context of the extension; `from-internal`, the one of FreePBX, when left out. */
	context?: string;
	/** Channel variables of the first call. */
	variables?: readonly Readonly<{ name: string; value: string | number }>[];
	options?: NumberOptions &
		Readonly<{
			/** The ID of the channel; a new one when left out. */
			callId?: string;
			/** A number, or a name and a number: `Sales <12025550100>`. */
			callerId?: string;
			/** Step of the extension at which the dialplan starts; 1 when left out. */
			priority?: number;
			/** Seconds to ring the endpoint; 30 when left out. */
			timeout?: number;
		}>;
}>;
