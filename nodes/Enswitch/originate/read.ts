import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import type { Invalid } from '../../shared/wire/text/invalid';
import { readText } from '../reference';
import { fields } from './fields';
import { type PartyType, partyTypes } from './form';

/** A call for Enswitch. An undefined value is not sent, so that Enswitch uses its default. */
export interface EnswitchCall {
	readonly stype: PartyType;
	readonly snumber: string;
	/** Undefined only if an expression gave nothing. The documentation recommends to send it. */
	readonly ctype?: PartyType | undefined;
	readonly cnumber: string;
	readonly cdialplan?: 'auto' | undefined;
	readonly card?: string | undefined;
	readonly customer?: number | undefined;
	readonly answer1?: boolean | undefined;
	readonly answer2?: boolean | undefined;
	readonly callerid1?: string | undefined;
	readonly callerid2?: string | undefined;
	/** 0 means no recording. */
	readonly recordgroup?: number | undefined;
	readonly screen1?: boolean | undefined;
	readonly screen2?: boolean | undefined;
	readonly warn1?: boolean | undefined;
	readonly warn2?: boolean | undefined;
	readonly delaySeconds?: number | undefined;
	readonly waitSeconds?: number | undefined;
	readonly noforwards?: boolean | undefined;
}

const seconds = { min: 0, max: 86_400 };
const ids = { min: 0, max: 999_999_999 };

/** Reads one item's form: cleans the numbers, and checks everything that Enswitch documents. */
export function read(values: FormValues, labels?: Labels): EnswitchCall | Invalid {
	return readForm(fields, values, readCall, labels);
}

function readCall(form: FieldReader): EnswitchCall {
	const options = form.collection('options');
	const stype = form.oneOf('stype', partyTypes);
	const ctype = optionalChoice(form, 'ctype', partyTypes);
	return {
		stype,
		snumber: readParty(form, 'snumber', stype),
		ctype,
		cnumber: readParty(form, 'cnumber', ctype ?? 'number'),
		cdialplan: optionalChoice(options, 'cdialplan', ['auto']),
		card: readText(options, 'card'),
		customer: options.wholeNumber('customer', { ...ids, min: 1 }),
		answer1: options.flag('answer1'),
		answer2: options.flag('answer2'),
		callerid1: readText(options, 'callerid1'),
		callerid2: readText(options, 'callerid2'),
		recordgroup: options.wholeNumber('recordgroup', ids),
		screen1: options.flag('screen1'),
		screen2: options.flag('screen2'),
		warn1: options.flag('warn1'),
		warn2: options.flag('warn2'),
		noforwards: options.flag('noforwards'),
		...readTimes(options),
	};
}

/** The name of a telephone line stays unchanged; a number is cleaned for dialing. */
function readParty(form: FieldReader, name: string, type: PartyType): string {
	if (type === 'number') return form.number(name);
	form.requiredText(name);
	return readText(form, name) ?? '';
}

function optionalChoice<Choice extends string>(
	form: FieldReader,
	name: string,
	choices: readonly Choice[],
): Choice | undefined {
	return form.text(name) === undefined ? undefined : form.oneOf(name, choices);
}

function readTimes(options: FieldReader): Pick<EnswitchCall, 'delaySeconds' | 'waitSeconds'> {
	const delaySeconds = options.wholeNumber('delay', seconds);
	const waitSeconds = options.wholeNumber('wait', seconds);
	if (delaySeconds && waitSeconds && waitSeconds <= delaySeconds) {
		options.refuse(
			'wait',
			`is ${waitSeconds} and the delay is ${delaySeconds}. Make Wait longer than the delay, or set it to 0 if you do not need the call ID.`,
		);
	}
	return { delaySeconds, waitSeconds };
}
