import type { INodeProperties } from 'n8n-workflow';

import type { Address } from './address';
import type { HttpRequest, HttpResponse, Invalid, Outcome } from './call';

/** The values of one item's form by field name; an expression can put anything there. */
export type FormValues = Readonly<Record<string, unknown>>;

/** The two parties of a call as they are sent. */
export interface Parties {
	readonly from: string;
	readonly to: string;
}

/** What one call API can do. Its functions are pure: they return what is wrong and never throw. */
export interface Vendor<Call extends object = object> extends Address {
	/** In results and workflows; never changes. */
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	/** The statuses that ask for renewing what authenticates, after which n8n repeats the request once; 401 unless given. */
	readonly renewOn?: readonly number[];
	/** Where an OAuth2 vendor gives out tokens, relative to the base URL: what goes wrong there is ahead of any call. */
	readonly tokenPath?: string;
	readonly fields: INodeProperties[];
	/** Where a person looks whether a call came about, as the end of "Before dialling again, ...". */
	readonly howToCheck: string;
	/** Checks and cleans one item's form. */
	read(form: FormValues): Call | Invalid;
	parties(call: Call): Parties;
	encode(call: Call): HttpRequest | Invalid;
	decode(response: HttpResponse, call: Call): Outcome;
	/** How long the vendor may take to answer this call, margin included. */
	replyTimeoutSeconds(call: Call): number;
}

/** Checks a vendor's shape at compile time and ties its functions to one type of call. */
export function defineVendor<Call extends object>(vendor: Vendor<Call>): Vendor<Call> {
	return vendor;
}
