import type { INodeProperties } from 'n8n-workflow';

import type { FormValues, Labels } from '../form/reader';
import type { Address } from '../wire/address';
import type { HttpRequest, HttpResponse } from '../wire/http';
import type { Invalid } from '../wire/invalid';
import type { ListSearch } from '../wire/lists';
import type { CauseAdvice } from '../wire/noAnswer';
import type { SignIn } from '../wire/signIn';
import type { FieldNames } from '../wire/status';
import type { LookUp } from './lookUp';
import type { Outcome } from './outcome';

/** What the generic node asks for, whatever the vendor. Times are in seconds. */
export type GenericField = 'from' | 'to' | 'callerId' | 'ringTimeout' | 'delay' | 'variables';

/** How the generic node's form becomes the vendor's own, as data. */
export interface Generic {
	/** Fields of the vendor's own form that the generic form shows as they are. */
	readonly ownFields: readonly string[];
	/** The own field for each generic one, `options.` in front of an option; what is not named is not supported. */
	readonly fields: Readonly<Partial<Record<GenericField, string>>>;
	/** Values of own fields that the generic form does not ask for. */
	readonly constants?: FormValues;
	/** Where the vendor delays in larger steps than seconds: how many seconds a step has. */
	readonly delayStepSeconds?: number;
}

/** The two parties of a call as they are sent. */
export interface Parties {
	readonly from: string;
	/** Null where the vendor's own rules choose whom to ring. */
	readonly to: string | null;
}

/** What one call API can do. Its functions are pure: they return what is wrong and never throw. */
export interface Vendor<Call extends object = object> extends Address {
	/** In results and workflows; never changes. */
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	/** The statuses after which what authenticates is renewed and the request repeated once: it came before any call. None unless given. */
	readonly renewOn?: readonly number[];
	/** The 2xx statuses that prove by themselves that the request was taken, whatever the body; none unless given. The contract reads it. */
	readonly statusIsProof?: readonly number[];
	/** What to do about a request without an answer, where it differs from what a phone system on the premises needs. */
	readonly causeAdvice?: CauseAdvice;
	/** Where an OAuth2 vendor gives out tokens, relative to the base URL: what goes wrong there is ahead of any call. */
	readonly tokenPath?: string;
	readonly signIn: SignIn;
	readonly fields: INodeProperties[];
	/** The lists of the form's resource locators, by the name of their `searchListMethod`. */
	readonly lists?: Readonly<Record<string, ListSearch>>;
	readonly generic: Generic;
	/** Where a person looks whether a call came about, as the end of "Before dialing again, ...". */
	readonly howToCheck: string;
	/** Checks and cleans one item's form. `labels` are what texts call its fields, where that is not their own label. */
	read(form: FormValues, labels?: Labels): Call | Invalid;
	parties(call: Call): Parties;
	/**
	 * The numbers that the call rings, as they are dialed, for the guards of a workflow; null for one that the vendor's
	 * own rules choose. A telephone line of the vendor's own that has a name in letters is none of them.
	 */
	numbers(call: Call): readonly (string | null)[];
	/** The names, in letters, of those lines that the call rings; there where the vendor has any. */
	lines?(call: Call): readonly string[];
	/** Whether the vendor takes a number by its country code only; a number that begins with 0 is warned of then. */
	readonly wantsCountryCode?: true;
	/** How long the vendor waits before it rings anybody; at once unless given. */
	delaySeconds?(call: Call): number;
	encode(call: Call): HttpRequest | Invalid;
	/** `names` are what texts call the fields of the call, where that is not the vendor's own form. */
	decode(response: HttpResponse, call: Call, names?: FieldNames): Outcome;
	/** How a call whose answer was lost is looked for; there where the vendor recognizes a call by an ID of ours. */
	readonly lookUp?: LookUp<Call>;
	/** How long the vendor may take to answer this call, margin included. */
	replyTimeoutSeconds(call: Call): number;
}

/** A form, with the type of its values as a program gives them; `entered` only holds the type, and is never there. */
export type Fields<Values extends object> = INodeProperties[] & { readonly entered?: Values };

/** What a program is held to by the type of a vendor. */
export interface Typed<Id extends string, Values extends object, Credential extends object> {
	readonly id: Id;
	readonly fields: Fields<Values>;
	readonly signIn: SignIn<Credential>;
}

/** Checks a vendor's shape at compile time and ties its functions to one type of call. */
export function defineVendor<
	Call extends object,
	const Id extends string = string,
	Values extends object = object,
	Credential extends object = object,
>(
	vendor: Vendor<Call> & Typed<Id, Values, Credential>,
): Vendor<Call> & Typed<Id, Values, Credential> {
	return vendor;
}
