import { randomUUID } from 'crypto';

import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import { checkVariables, variableRows } from '../../shared/form/variables';
import type { Invalid } from '../../shared/wire/text/invalid';
import { readCallId } from '../reference';
import { defaultContext, fields } from './fields';

/** A call in Asterisk's terms; Asterisk's default holds for what is undefined. */
export interface AsteriskCall {
	/** The ID of its channel. */
	readonly callId: string;
	/** Technology and resource, such as PJSIP/101. */
	readonly endpoint: string;
	readonly extension: string;
	readonly context: string;
	readonly priority?: number | undefined;
	readonly callerId?: string | undefined;
	readonly timeoutSeconds?: number | undefined;
	readonly variables: Readonly<Record<string, string>>;
}

const timeouts = { min: 1, max: 3600 };
const priorities = { min: 1, max: 9999 };
/** Asterisk cuts off longer names, and another phone could ring. */
const longestName = 79;

/**
 * Reads one item's form: cleans the numbers and checks everything that Asterisk documents. `freshCallId` is the ID if the form
 * has none.
 */
export function read(
	values: FormValues,
	labels?: Labels,
	freshCallId: string = randomUUID(),
): AsteriskCall | Invalid {
	const readCall = (form: FieldReader): AsteriskCall => {
		const options = form.collection('options');
		const context = readContext(form);
		return {
			callId: readCallId(options) ?? freshCallId,
			endpoint: readEndpoint(form, context),
			extension: readExtension(form),
			context,
			priority: options.wholeNumber('priority', priorities),
			callerId: readCallerId(options),
			timeoutSeconds: options.wholeNumber('timeout', timeouts),
			variables: readVariables(form),
		};
	};
	return readForm(fields, values, readCall, labels);
}

function readContext(form: FieldReader): string {
	const context = form.text('context') ?? defaultContext;
	if (!/^[\w.-]+$/.test(context) || context.length > longestName) {
		form.refuse(
			'context',
			`is "${context}". Enter the name of a context of the dialplan, such as from-internal.`,
		);
	}
	return context;
}

/** Marks such as & or a comma could make the dialplan ring more than one phone. */
const endpointPattern = /^[A-Za-z]\w*\/[\w+*#@:./-]+$/;

/** The dialplan rings a number alone, as if a phone of the office had dialed it. */
function readEndpoint(form: FieldReader, context: string): string {
	const entered = form.text('endpoint');
	if (entered?.includes('/') !== true) {
		const number = checkDialed(form, 'endpoint', form.number('endpoint'));
		return `Local/${number}@${context}/n`;
	}
	if (!endpointPattern.test(entered)) {
		form.refuse(
			'endpoint',
			`is "${entered}". Enter a technology and a resource, such as PJSIP/101 or Local/12025550123@from-internal, or a number alone. Use letters, digits and . _ + - * # : @ / only.`,
		);
	} else if (entered.length - entered.indexOf('/') - 1 > longestName) {
		form.refuse('endpoint', `is "${entered}". Shorten it to ${longestName} characters.`);
	}
	return entered;
}

function readExtension(form: FieldReader): string {
	return checkDialed(form, 'extension', form.number('extension'));
}

/** With Number Format set to As Entered, a number can contain anything. Refuses what the dialplan could read as more than a number. */
function checkDialed(form: FieldReader, name: string, dialed: string): string {
	if (dialed !== '' && (!/^[\w+*#.() -]+$/.test(dialed) || dialed.length > longestName)) {
		form.refuse(
			name,
			`is "${dialed}", which the dialplan could misread. Use at most ${longestName} letters, digits and marks that belong to a number.`,
		);
	}
	return dialed;
}

function readCallerId(options: FieldReader): string | undefined {
	const callerId = options.text('callerId');
	if (callerId !== undefined && /\p{Cc}/u.test(callerId)) {
		options.refuse('callerId', 'contains a line break or another control character. Remove it.');
	}
	return callerId;
}

/** A name, with underscores in front if later calls inherit it, or a function such as CALLERID(name). */
const variableName = /^[A-Za-z_]\w*(?:\([\w ,.-]*\))?$/;

function readVariables(form: FieldReader): Record<string, string> {
	const variables = checkVariables(
		variableRows(form, 'variables'),
		(why) => form.refuse('variables', why),
		{
			source: 'the dialplan',
			refuseName: (name) =>
				variableName.test(name) ? undefined : `is named "${name}". Use letters, digits and _ only.`,
		},
	);
	return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}
