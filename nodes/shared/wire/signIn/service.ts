import type { CauseAdvice } from '../reply/noAnswer';
import type { AddressRules } from './address';
import type { SignIn } from './signIn';

/** A phone system's API: how to reach it, and how to sign in. */
export interface Service extends AddressRules {
	readonly displayName: string;
	/** The name of the credential in n8n. */
	readonly credentialType: string;
	readonly signIn: SignIn;
	/** Statuses after which the sign-in is renewed and the request repeated once. They must prove that nothing was done. */
	readonly renewOn?: readonly number[];
	/** Advice if no response came, where the general advice does not fit. */
	readonly causeAdvice?: CauseAdvice;
	/** The path of an OAuth2 service's tokens, relative to the base URL. A call is never placed without a token. */
	readonly tokenPath?: string;
}
