import type { AddressRules } from './address';
import type { ListSearch } from './lists';
import type { CauseAdvice } from './noAnswer';
import type { SignIn } from './signIn';

/** What has to be known of a phone system's API to exchange requests with it. */
export interface Service extends AddressRules {
	readonly displayName: string;
	/** The name of the credential in n8n. */
	readonly credentialType: string;
	readonly signIn: SignIn;
	/** Statuses after which the sign-in is renewed and the request repeated once: they come before anything is done. None unless given. */
	readonly renewOn?: readonly number[];
	/** What to do when no answer came, where it differs from the advice for a phone system on the premises. */
	readonly causeAdvice?: CauseAdvice;
	/** Where an OAuth2 service gives out tokens, relative to the base URL. Nothing is placed before a token is there. */
	readonly tokenPath?: string;
	/** The lists of the form's resource locators, by the name of their `searchListMethod`. */
	readonly lists?: Readonly<Record<string, ListSearch>>;
}
