import type { NumberOptions } from '../../shared/form/numberOptions';

/** The values of the form, as a program gives them. */
export type VoipNowForm = Readonly<{
	/** `@me` when left out; an App of the administrator or of an organization needs the ID of a user. */
	userId?: string;
	/** The Phone Terminal extension that is charged; the first source when left out. */
	extension?: string;
	/** Ring first, all at once; the first one that picks up is connected. */
	source: string | readonly string[];
	/** Is called when a source has picked up. */
	destination: string | readonly string[];
	options?: NumberOptions &
		Readonly<{
			allowPublicTransfer?: boolean;
			/** Seconds after which the call is ended. */
			callDuration?: number;
			/** What the source is shown, as in `John Doe <4242425>`. */
			callerId?: string;
			/** What the destination is shown. */
			callerIdDestination?: string;
			/** Text by which the call can be found; a fresh one when left out. */
			nonce?: string;
			video?: boolean;
			/** Seconds that the phones may ring. */
			waitForPickup?: number;
		}>;
}>;
