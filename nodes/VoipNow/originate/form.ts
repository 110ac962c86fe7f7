import type { NumberOptions } from '../../shared/form/numberOptions';

/** The form's values, as a program passes them. */
export type VoipNowForm = Readonly<{
	/** Default: `@me`. An App of the administrator or of an organization needs a user ID. */
	userId?: string;
	/** The Phone Terminal extension that is charged. Default: the first source. */
	extension?: string;
	/** Ring first, at the same time; the first one to answer is connected. */
	source: string | readonly string[];
	/** Is called after a source answers. */
	destination: string | readonly string[];
	options?: NumberOptions &
		Readonly<{
			allowPublicTransfer?: boolean;
			/** Seconds after which VoipNow ends the call. */
			callDuration?: number;
			/** Name and number shown to the source, such as `John Doe <4242425>`. */
			callerId?: string;
			/** Name and number shown to the destination. */
			callerIdDestination?: string;
			/** Text to find the call by. Default: a new, unique one. */
			nonce?: string;
			video?: boolean;
			/** Seconds that the phones ring. */
			waitForPickup?: number;
		}>;
}>;
