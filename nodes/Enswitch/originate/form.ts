import type { NumberOptions } from '../../shared/form/numberOptions';

export const partyTypes = ['phone', 'number'] as const;
export type PartyType = (typeof partyTypes)[number];

/** The values of the form, as a program gives them. */
export type EnswitchForm = Readonly<{
	/** What {@link snumber} is: `phone`, a telephone line, when left out. */
	stype?: PartyType;
	/** Rings first. */
	snumber: string;
	/** What {@link cnumber} is; `number` when left out. */
	ctype?: PartyType;
	/** Is called when the first call is answered. */
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
			/** How the number of the second call is understood; as it is when left out. */
			cdialplan?: 'auto';
			/** The ID of the customer to make the call as. */
			customer?: string | number;
			/** Seconds to wait before the call. */
			delay?: number;
			noforwards?: boolean;
			/** An ID. */
			recordgroup?: number;
			screen1?: boolean;
			screen2?: boolean;
			/** Seconds that the answer is held back for the ID of the call. */
			wait?: number;
			warn1?: boolean;
			warn2?: boolean;
		}>;
}>;
