import type { NumberOptions } from '../../shared/form/numberOptions';

/** The form's values, as a program passes them. */
export type IovoxForm = Readonly<{
	/** The ID of the link. The call follows its Calling Rules. */
	linkId: string;
	/** Number to call. The keys to press after the answer follow its first comma. */
	callDestination?: string;
	/** `json` for {@link callVariablesJson}. Default: `fields`. */
	specifyVariables?: 'fields' | 'json';
	/** Values for variables of the Call Flow. */
	callVariables?: readonly Readonly<{ name: string; value: string | number | boolean }>[];
	callVariablesJson?: string | Readonly<Record<string, string | number | boolean | null>>;
	options?: NumberOptions &
		Readonly<{
			/** Whole minutes to wait before the call. */
			delay?: number;
		}>;
}>;
