import type { INodeProperties } from 'n8n-workflow';

import type { FormValues, Labels } from '../form/reader';
import type { HttpRequest, HttpResponse } from '../wire/http';
import type { Invalid } from '../wire/invalid';
import type { Service } from '../wire/service';
import type { FieldNames } from '../wire/status';
import type { LookUp } from './lookUp';
import type { Outcome } from './outcome';

/** A phone system: how to reach it and sign in, and what it can do. */
export interface Vendor extends Service {
	/** Used in results and workflows, so it never changes. */
	readonly id: string;
	readonly operations: Operations;
}

/** The operations of a vendor. One that it lacks is absent. */
export interface Operations {
	readonly originate: Originate;
}

/** Something that a phone system does for one item. Its functions are pure: they return failures and never throw. */
export interface Operation<Input extends object = object> {
	/**
	 * - `rings`: rings phones. Sent once, guarded, and not repeated by Retry On Fail.
	 * - `ends`: ends a call. Harmless when the call is gone, and never repeated blindly.
	 * - `reads`: changes nothing, and can be repeated.
	 */
	readonly effect: 'rings' | 'ends' | 'reads';
	/** The form. */
	readonly fields: INodeProperties[];
	/** Says where to look if the outcome is unknown; ends the sentence "Before dialing again, ...". */
	readonly howToCheck: string;
	/** Checks and cleans the form of one item. Texts use a field's own label unless `labels` has another. */
	read(form: FormValues, labels?: Labels): Input | Invalid;
	encode(input: Input): HttpRequest | Invalid;
	/** How long the vendor may take to answer, including a margin. */
	replyTimeoutSeconds(input: Input): number;
}

/** Places a call. */
export interface Originate<Call extends object = object> extends Operation<Call> {
	readonly effect: 'rings';
	readonly generic: Generic;
	/** Whether the vendor takes only numbers with a country code. If so, a number that begins with 0 gets a warning. */
	readonly wantsCountryCode?: true;
	parties(call: Call): Parties;
	/**
	 * The numbers that ring, as dialed, for the limits of a workflow; null for one that the vendor's own rules choose.
	 * A telephone line with a name in letters is in {@link lines} instead.
	 */
	numbers(call: Call): readonly (string | null)[];
	/** The telephone lines that ring and have names in letters; absent if the vendor has no such lines. */
	lines?(call: Call): readonly string[];
	/** How long the vendor waits before the first phone rings; 0 unless given. */
	delaySeconds?(call: Call): number;
	/** `names` are the names of fields in texts, if the form is not the vendor's own. */
	decode(response: HttpResponse, call: Call, names?: FieldNames): Outcome;
	/** How to look for a call that may have been placed; absent where no ID of ours says which one it is. */
	readonly lookUp?: LookUp<Call>;
}

/** The two parties of a call as they are sent. */
export interface Parties {
	readonly from: string;
	/** Null if the vendor's own rules choose the number. */
	readonly to: string | null;
}

/** The fields that the generic node has for every vendor. Times are in seconds. */
export type GenericField = 'from' | 'to' | 'callerId' | 'ringTimeout' | 'delay' | 'variables';

/** How the generic node's form becomes the vendor's own, as data. */
export interface Generic {
	/** Fields of the vendor's own form that the generic form shows unchanged. */
	readonly ownFields: readonly string[];
	/** The vendor's own field for each generic one, with `options.` before an option. A field that is absent is not supported. */
	readonly fields: Readonly<Partial<Record<GenericField, string>>>;
	/** Values of own fields that the generic form does not have. */
	readonly constants?: FormValues;
	/** Seconds in each step of the vendor's delay, if they are longer than one second. */
	readonly delayStepSeconds?: number;
}
