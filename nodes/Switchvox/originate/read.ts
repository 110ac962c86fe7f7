import { type FieldReader, type FormValues, type Labels, readForm } from '../../shared/form/reader';
import { checkVariables, type Variable, variableRows } from '../../shared/form/variables';
import type { Invalid } from '../../shared/wire/text/invalid';
import { fields } from './fields';

/** A call for Switchvox. An undefined value is not sent, so that Switchvox uses its default. */
export interface SwitchvoxCall {
	readonly method: 'switchvox.call' | 'switchvox.users.call';
	readonly dialFirst: string;
	readonly dialSecond: string;
	/** Only digits. */
	readonly accountId: string;
	readonly callerIdName?: string | undefined;
	readonly variables: readonly Variable[];
	readonly timeoutSeconds?: number | undefined;
	readonly timeoutSecondCallSeconds?: number | undefined;
	readonly autoAnswer?: boolean | undefined;
	readonly ignoreUserApiSettings?: boolean | undefined;
	readonly ignoreUserCallRules?: boolean | undefined;
}

const seconds = { min: 0, max: 999 };
const longestCallerIdName = 20;

/** Reads one item's form: cleans the numbers, and checks everything that Switchvox documents. */
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
			// The form hides these two from extension users, but n8n keeps values from before.
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
		form.refuse('accountId', `is "${accountId}". Enter the account ID, which has only digits.`);
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
	return checkVariables(variableRows(form, 'variables'), (why) => form.refuse('variables', why), {
		source: 'the IVR',
		refuseName: (name) =>
			name.includes('=') ? `is named "${name}". A name cannot contain =.` : undefined,
	});
}
