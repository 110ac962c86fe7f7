import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import type { Invalid } from '../../shared/wire/invalid';
import { toText } from '../../shared/wire/values';
import { fields } from './fields';

/** A call as Switchvox takes it; what is undefined is left to Switchvox's default. */
export interface SwitchvoxCall {
	readonly method: 'switchvox.call' | 'switchvox.users.call';
	readonly dialFirst: string;
	readonly dialSecond: string;
	/** Digits. */
	readonly accountId: string;
	readonly callerIdName?: string | undefined;
	readonly variables: readonly Variable[];
	readonly timeoutSeconds?: number | undefined;
	readonly timeoutSecondCallSeconds?: number | undefined;
	readonly autoAnswer?: boolean | undefined;
	readonly ignoreUserApiSettings?: boolean | undefined;
	readonly ignoreUserCallRules?: boolean | undefined;
}

interface Variable {
	readonly name: string;
	readonly value: string;
}

const seconds = { min: 0, max: 999 };
const longestCallerIdName = 20;

/** One item's form as a call; numbers cleaned, everything checked that Switchvox documents. */
export function read(values: FormValues, labels?: Labels): SwitchvoxCall | Invalid {
	const readCall = (form: FieldReader): SwitchvoxCall => {
		const options = form.collection('options');
		const isAdmin = form.oneOf('accountType', ['admin', 'user']) === 'admin';
		return {
			method: isAdmin ? 'switchvox.call' : 'switchvox.users.call',
			dialFirst: form.number('dialFirst'),
			dialSecond: form.number('dialSecond'),
			accountId: readAccountId(form),
			callerIdName: readCallerIdName(options),
			variables: readVariables(form),
			timeoutSeconds: options.wholeNumber('timeout', seconds),
			ignoreUserApiSettings: options.flag('ignoreUserApiSettings'),
			ignoreUserCallRules: options.flag('ignoreUserCallRules'),
			// The form hides these two for extension users, and n8n keeps what was entered before.
			timeoutSecondCallSeconds: isAdmin
				? options.wholeNumber('timeoutSecondCall', seconds)
				: undefined,
			autoAnswer: isAdmin ? options.flag('autoAnswer') : undefined,
		};
	};
	return readForm(fields, values, readCall, labels);
}

function readAccountId(form: FieldReader): string {
	const accountId = form.requiredText('accountId');
	if (accountId !== '' && !/^\d+$/.test(accountId)) {
		form.refuse('accountId', `is "${accountId}". Enter the account ID, which has digits only.`);
	}
	return accountId;
}

function readCallerIdName(options: FieldReader): string | undefined {
	const name = options.text('callerIdName');
	const { length } = [...(name ?? '')];
	if (length > longestCallerIdName) {
		options.refuse(
			'callerIdName',
			`is "${name}", which has ${length} characters. Shorten it to ${longestCallerIdName}.`,
		);
	}
	return name;
}

function readVariables(form: FieldReader): Variable[] {
	const names = new Set<string>();
	return form.rows('variables', 'variable').map((row, index) => {
		const name = toText(row.name).trim();
		const refuse = (why: string) =>
			form.refuse('variables', `has a variable that cannot be sent: number ${index + 1} ${why}`);
		if (name === '') refuse('has no name. Enter the name that is defined in the IVR.');
		if (name.includes('=')) refuse(`is named "${name}". A name cannot contain =.`);
		if (names.has(name)) refuse(`is named "${name}" like one before it. Keep one of them.`);
		if (typeof row.value === 'object' && row.value !== null) {
			refuse(`("${name}") has a list or an object as its value. Enter a text or a number.`);
		}
		names.add(name);
		return { name, value: toText(row.value) };
	});
}
