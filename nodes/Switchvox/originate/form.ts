import type { NumberOptions } from '../../shared/form/numberOptions';

/** The form's values, as a program passes them. */
export type SwitchvoxForm = Readonly<{
	/** `admin` when left out. */
	accountType?: 'admin' | 'user';
	/** Rings first. */
	dialFirst: string;
	/** Rings after the first one answers. */
	dialSecond: string;
	/** The ID of the account to call as; not its extension number. */
	accountId: string;
	/** For the IVR that is dialed. */
	variables?: readonly Readonly<{ name: string; value: string | number }>[];
	options?: NumberOptions &
		Readonly<{
			autoAnswer?: boolean;
			/** At most 20 characters. */
			callerIdName?: string;
			ignoreUserApiSettings?: boolean;
			ignoreUserCallRules?: boolean;
			/** Seconds to ring the first number; 30 when left out. */
			timeout?: number;
			/** Seconds to ring the second number. */
			timeoutSecondCall?: number;
		}>;
}>;
