import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import type { Invalid } from '../../shared/wire/invalid';
import { toText } from '../../shared/wire/values';
import { fields } from './fields';

/** A call as IOVOX takes it; what is undefined is left to the Calling Rules of the link. */
export interface IovoxCall {
	readonly linkId: string;
	/** A phone number, and behind its first comma what is keyed in when somebody answers. */
	readonly callDestination?: string | undefined;
	readonly variables: readonly CallVariable[];
	/** Whole, and more than 0. */
	readonly delayMinutes?: number | undefined;
}

/** A value for a variable of the Call Flow. */
interface CallVariable {
	/** The name of an XML element. */
	readonly name: string;
	readonly value: string;
}

/** No longest delay is documented; nobody means more than a year. */
const minutes = { min: 0, max: 525_600 };

/** One item's form as a call; the number cleaned, everything checked that IOVOX documents. */
export function read(values: FormValues, labels?: Labels): IovoxCall | Invalid {
	const readCall = (form: FieldReader): IovoxCall => ({
		linkId: form.requiredText('linkId'),
		callDestination: readDestination(form),
		variables: readVariables(form, values),
		// A delay of 0 is none.
		delayMinutes: form.collection('options').wholeNumber('delay', minutes) || undefined,
	});
	return readForm(fields, values, readCall, labels);
}

/** The number loses what a CRM adds, and keeps a leading `+`; the keys behind it stay as they are. */
function readDestination(form: FieldReader): string | undefined {
	const entered = form.text('callDestination');
	if (entered === undefined) return undefined;
	const comma = entered.indexOf(',');
	const number = comma === -1 ? entered : entered.slice(0, comma);
	const keys = comma === -1 ? '' : entered.slice(comma);
	if (number === '') {
		form.refuse('callDestination', `is "${entered}", which has no number.`);
		return undefined;
	}
	// Whether IOVOX takes a + is not documented: it goes out as it was entered.
	const dialed = form.dialed('callDestination', number, { keepsPlus: true });
	if (!/^[0-9*#,]*$/.test(keys)) {
		form.refuse(
			'callDestination',
			`is "${entered}", whose keys cannot be pressed. Behind the number, use digits, *, # and a comma for each pause of 2 seconds, without spaces, such as ,,1,,2.`,
		);
	}
	return dialed + keys;
}

/** Notes why a variable cannot be sent, as the end of a sentence that starts with its field's label. */
type Refuse = (why: string) => void;

interface Entry {
	readonly name: string;
	readonly value: unknown;
	/** How a text speaks of it. */
	readonly place: string;
}

/** The custom variables, from the rows of the form or from JSON. */
function readVariables(form: FieldReader, values: FormValues): CallVariable[] {
	const isJson =
		values.specifyVariables !== undefined &&
		form.oneOf('specifyVariables', ['fields', 'json']) === 'json';
	const field = isJson ? 'callVariablesJson' : 'callVariables';
	const refuse: Refuse = (why) => form.refuse(field, why);
	return checked(isJson ? jsonEntries(values[field], refuse) : rowEntries(form, field), refuse);
}

function rowEntries(form: FieldReader, field: string): Entry[] {
	return form.rows(field, 'variable').map(({ name, value }, index) => ({
		name: typeof name === 'object' || name === undefined ? '' : String(name).trim(),
		value,
		place: `number ${index + 1}`,
	}));
}

/** An expression may give the object itself in place of its text. */
function jsonEntries(entered: unknown, refuse: Refuse): Entry[] {
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
	// JSON.parse keeps the last of two members with one name, and says nothing. With a list or an object inside, its
	// members would be counted too; that is refused anyway.
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

/** The names of a flat object's members as they stand in the text, repeated ones too. */
function memberNames(json: string): string[] {
	return [...json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
		.filter(([, , colon]) => colon !== undefined)
		.map(([, name = '""']) => String(JSON.parse(name)));
}

/** https://www.w3.org/TR/xml-names/#NT-NCName: the names of elements, without the colon that would ask for a namespace. */
const xmlName =
	/^[A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD][-.0-9A-Z_a-z\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C-\u200D\u203F\u2040\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD]*$/;

/** Variables that have a field of their own, and its label. Whether IOVOX tells cases apart is not documented. */
const ownFields: ReadonlyMap<string, string> = new Map([
	['call_destination', 'Call Destination'],
	['delay', 'the option Delay'],
]);

function checked(entries: readonly Entry[], refuse: Refuse): CallVariable[] {
	const names = new Set<string>();
	return entries.map(({ name, value, place }) => {
		const wrong = (why: string) => refuse(`has a variable that cannot be sent: ${place} ${why}`);
		const ownField = ownFields.get(name.toLowerCase());
		if (name === '') wrong('has no name. Enter the name that the Call Flow uses.');
		else if (!xmlName.test(name)) {
			wrong(
				`is named "${name}". A name starts with a letter or _, and goes on with letters, digits, -, . and _, without spaces.`,
			);
		}
		if (ownField !== undefined) wrong(`is named "${name}". Enter its value in ${ownField}.`);
		if (names.has(name)) wrong(`is named "${name}" like one before it. Keep one of them.`);
		names.add(name);
		if (typeof value === 'object' && value !== null) {
			wrong('has a list or an object as its value. Enter a text or a number.');
		}
		if (isInexact(value)) {
			wrong('has a number of more digits than are kept. Put it into quotes.');
		}
		return { name, value: toText(value) };
	});
}

/** A number with more digits than JavaScript has; some of them are lost already. */
function isInexact(value: unknown): boolean {
	return (
		typeof value === 'number' &&
		(!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
	);
}
