import type { INodeProperties } from 'n8n-workflow';

import type { FormValues, Labels } from '../../form/reader';
import type { Step } from '../../wire/exchange/conversation';
import type { ListSearches } from '../../wire/exchange/lists';
import type { HttpRequest, HttpResponse } from '../../wire/reply/http';
import type { FieldNames } from '../../wire/reply/status';
import type { Service } from '../../wire/signIn/service';
import type { Invalid } from '../../wire/text/invalid';
import type { Events } from './events';
import type { Ending, Found } from './found';
import type { Effect, Failed, Outcome } from './outcome';

/** A phone system: how to reach it and sign in, and what it can do. */
export interface Vendor extends Service {
	/** Used in results and workflows, so it never changes. */
	readonly id: string;
	readonly operations: Operations;
	readonly lists?: ListSearches;
	/** Absent if it does not show its calls to a trigger. */
	readonly events?: Events;
}

/** The operations of a vendor. One that it lacks is absent. */
export interface Operations {
	readonly originate: Originate;
	readonly get?: Get;
	readonly hangUp?: HangUp;
}

/** Something that a phone system does for one item. Its functions are pure: they return failures and never throw. */
export interface Operation<Input extends object = object> {
	readonly effect: Effect;
	/** The form, without the fields that every operation has. */
	readonly fields: INodeProperties[];
	/** Checks and cleans the form of one item. Texts use a field's own label unless `labels` has another. */
	read(form: FormValues, labels?: Labels): Input | Invalid;
}

/** Places a call. */
export interface Originate<Call extends object = object> extends Operation<Call> {
	readonly effect: 'rings';
	readonly generic: Generic;
	/** Says where to look if the outcome is unknown; ends the sentence "Before dialing again, ...". */
	readonly howToCheck: string;
	encode(call: Call): HttpRequest | Invalid;
	/** How long the vendor may take to answer, including a margin. */
	replyTimeoutSeconds(call: Call): number;
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
	/** What names the call before the vendor has answered, so that Get can find it with certainty; absent if nothing does. */
	tag?(call: Call): Pick<Failed, 'callId' | 'details'>;
}

/** Shows where a call is, or how it ended. */
export interface Get<Reference extends object = object> extends Operation<Reference> {
	readonly effect: 'reads';
	/** Looks once: among the live calls first, then in the records. */
	look(reference: Reference): Step<Found>;
	/** Between two looks while a node waits. */
	readonly pollSeconds: number;
	/**
	 * How long after the end of a call its record can appear; 0 if the vendor has no records. Infinity if it does not show
	 * live calls, so that a call that is not shown may still be going on.
	 */
	readonly recordLagSeconds: number;
}

/** Ends a call. */
export interface HangUp<Reference extends object = object> extends Operation<Reference> {
	readonly effect: 'ends';
	/** Ends the call that the reference names for certain, and no other. */
	end(reference: Reference): Step<Ending>;
}

/** How a form names a call. What it does not have is undefined. */
export interface Reference {
	readonly callId?: string | undefined;
	readonly from?: string | undefined;
	readonly to?: string | undefined;
	readonly since?: Date | undefined;
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
