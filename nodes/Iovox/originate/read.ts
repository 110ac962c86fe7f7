import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import {
	checkVariables,
	type EnteredVariable,
	type Variable,
	variableRows,
} from '../../shared/form/variables';
import type { Invalid } from '../../shared/wire/text/invalid';
import { fields } from './fields';

/** A call for IOVOX. The Calling Rules of the link decide anything that is undefined. */
export interface IovoxCall {
	readonly linkId: string;
	/** A phone number. The keys to press after the answer follow its first comma. */
	readonly callDestination?: string | undefined;
	readonly variables: readonly Variable[];
	/** A whole number, more than 0: a delay of 0 is left out. */
	readonly delayMinutes?: number | undefined;
}

/** IOVOX documents no maximum. More than a year is surely a typing error. */
const minutes = { min: 0, max: 525_600 };

/** Reads one item's form: cleans the number, and checks everything that IOVOX documents. */
export function read(values: FormValues, labels?: Labels): IovoxCall | Invalid {
	const readCall = (form: FieldReader): IovoxCall => ({
		linkId: form.requiredText('linkId'),
		callDestination: readDestination(form),
		variables: readVariables(form, values),
		delayMinutes: form.collection('options').wholeNumber('delay', minutes) || undefined,
	});
	return readForm(fields, values, readCall, labels);
}

/** The number is cleaned and keeps a leading `+`; the keys after it stay unchanged. */
function readDestination(form: FieldReader): string | undefined {
	const entered = form.text('callDestination');
	if (entered === undefined) return undefined;
	const comma = entered.indexOf(',');
	const number = comma === -1 ? entered : entered.slice(0, comma);
	const keys = comma === -1 ? '' : entered.slice(comma);
	if (number === '') {
		form.refuse('callDestination', `is "${entered}", which has no number before the comma.`);
		return undefined;
	}
	// IOVOX does not document whether it takes a +, so it is sent as entered.
	const dialed = form.dialed('callDestination', number, { keepsPlus: true });
	if (!/^[0-9*#,]*$/.test(keys)) {
		form.refuse(
			'callDestination',
			`is "${entered}", whose keys cannot be pressed. After the number, use digits, *, # and a comma for each pause of 2 seconds, without spaces, such as ,,1,,2.`,
		);
	}
	return dialed + keys;
}

/** Notes why a variable cannot be sent, as the rest of a sentence that starts with the field's label. */
type Refuse = (why: string) => void;

/** The custom variables, from the rows of the form or from JSON. */
function readVariables(form: FieldReader, values: FormValues): Variable[] {
	const isJson =
		values.specifyVariables !== undefined &&
		form.oneOf('specifyVariables', ['fields', 'json']) === 'json';
	const field = isJson ? 'callVariablesJson' : 'callVariables';
	const refuse: Refuse = (why) => form.refuse(field, why);
	const entered = isJson ? jsonEntries(values[field], refuse) : variableRows(form, field);
	return checkVariables(entered, refuse, { source: 'the Call Flow', refuseName });
}

/** An expression may give the object itself instead of its text. */
function jsonEntries(entered: unknown, refuse: Refuse): EnteredVariable[] {
	if (entered === undefined || entered === null) return [];
	const text = typeof entered === 'string' ? entered.trim() : '';
	if (typeof entered === 'string' && text === '') return [];
	const parsed = typeof entered === 'string' ? parseJson(text) : { value: entered };
	if (typeof parsed === 'string') {
		refuse(`is not JSON (${parsed}). Enter an object, such as ${jsonExample}.`);
		return [];
	}
	const { value } = parsed;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		refuse(`is not an object. Enter one, such as ${jsonExample}.`);
		return [];
	}
	const entries = Object.entries(value).map(([name, one]: [string, unknown]) => ({
		name,
		value: one,
		place: `"${name}"`,
	}));
	// JSON.parse silently keeps the last of two members with one name. A value with members of its own is refused anyway,
	// and would disturb the count.
	const isFlat = entries.every((entry) => typeof entry.value !== 'object' || entry.value === null);
	const names = isFlat ? memberNames(text) : [];
	new Set(names.filter((name, at) => names.indexOf(name) < at)).forEach((name) => {
		refuse(`has the variable "${name}" more than once. Keep one of them.`);
	});
	return entries;
}

const jsonExample = '{ "first_name": "Ann" }';

function parseJson(text: string): { readonly value: unknown } | string {
	try {
		const value: unknown = JSON.parse(text);
		return { value };
	} catch (error) {
		return error instanceof Error ? error.message : 'it cannot be parsed';
	}
}

/** The names of a flat object's members in the text, including repeated ones. */
function memberNames(json: string): string[] {
	return [...json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
		.filter(([, , colon]) => colon !== undefined)
		.map(([, name = '""']) => String(JSON.parse(name)));
}

/** https://www.w3.org/TR/xml-names/#NT-NCName: the names of elements, without the colon that would ask for a namespace. */
const xmlName =
	/^[A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD][-.0-9A-Z_a-z\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C-\u200D\u203F\u2040\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD]*$/;

/** Variables that have their own field, and its label. IOVOX does not document whether case matters. */
const ownFields: ReadonlyMap<string, string> = new Map([
	['call_destination', 'Call Destination'],
	['delay', 'the option Delay'],
]);

function refuseName(name: string): string | undefined {
	if (!xmlName.test(name)) {
		return `is named "${name}". A name starts with a letter or _, and continues with letters, digits, -, . and _, without spaces.`;
	}
	const ownField = ownFields.get(name.toLowerCase());
	return ownField === undefined ? undefined : `is named "${name}". Enter its value in ${ownField}.`;
}
