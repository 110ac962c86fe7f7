import type { NumberOptions } from '../../shared/form/numberOptions';

/** The values of the form, as a program gives them. */
export type IovoxForm = Readonly<{
	/** The ID of the link whose Calling Rules are used. */
	linkId: string;
	/** Number to call, and behind its first comma the keys to press when it is answered. */
	callDestination?: string;
	/** `json` for {@link callVariablesJson}; `fields` when left out. */
	specifyVariables?: 'fields' | 'json';
	/** For the Call Flow. */
	callVariables?: readonly Readonly<{ name: string; value: string | number | boolean }>[];
	callVariablesJson?: string | Readonly<Record<string, string | number | boolean | null>>;
	options?: NumberOptions &
		Readonly<{
			/** Whole minutes to wait before the call. */
			delay?: number;
		}>;
}>;
