import type { NumberOptions } from '../../shared/form/numberOptions';

export const partyTypes = ['phone', 'number'] as const;
export type PartyType = (typeof partyTypes)[number];

/** The form's values, as a program passes them. */
export type EnswitchForm = Readonly<{
	/** The kind of {@link snumber}. Default: `phone`, a telephone line. */
	stype?: PartyType;
	/** Rings first. */
	snumber: string;
	/** The kind of {@link cnumber}. Default: `number`. */
	ctype?: PartyType;
	/** Is called after the first call is answered. */
	cnumber: string;
	options?: NumberOptions &
		Readonly<{
			answer1?: boolean;
			answer2?: boolean;
			/** Caller ID on the first call. */
			callerid1?: string;
			/** Caller ID on the second call. */
			callerid2?: string;
			/** Card to bill the call to. */
			card?: string;
			/** How Enswitch interprets the second number. By default it is dialed unchanged. */
			cdialplan?: 'auto';
			/** The ID of the customer to make the call as. */
			customer?: string | number;
			/** Seconds to wait before the call. */
			delay?: number;
			noforwards?: boolean;
			/** The ID of a record group; 0 means no recording. */
			recordgroup?: number;
			screen1?: boolean;
			screen2?: boolean;
			/** Seconds that Enswitch may hold back its reply until it knows the ID of the call. */
			wait?: number;
			warn1?: boolean;
			warn2?: boolean;
		}>;
}>;
