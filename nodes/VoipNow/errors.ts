import type { FieldNames } from '../shared/wire/reply/status';

interface KnownError {
	/** As in the documentation. */
	readonly parameter?: string;
	advice(names: FieldNames): string;
}

export const signInAgain =
	'The token was renewed once. Check Client ID and Client Secret in the credential. If the credential uses an authorization code, connect it again. Check the rights of the App in VoipNow.';

const extensionForms =
	'Only an App of a user or an organization can use short extension numbers. Use the extended number, such as 0003*210, or a phone number of digits and +.';

const nameOf = (names: FieldNames, field: string) => names(field) ?? 'the value';

const checkUser = (names: FieldNames) =>
	`Check ${nameOf(names, 'userId')}. An App of the administrator or of an organization cannot use @me: enter the ID of the user.`;

const checkNumber = (names: FieldNames, field: string) =>
	`Correct ${nameOf(names, field)}: an extended extension number such as 0003*210, or a phone number.`;

const checkSince = (names: FieldNames) => `Correct ${nameOf(names, 'since')}, or leave it out.`;

const leaveOutAnswered = (names: FieldNames) =>
	`Older versions of VoipNow do not report answers: leave out Answered in ${nameOf(names, 'events')}.`;

/**
 * For any request, for placing a call, for call records, and for call events:
 * https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/HTTP-Return-Codes.html,
 * https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls and
 * https://wiki.4psa.com./display/VNUAPI30/PhoneCallEvents+Resource
 */
const knownErrors: ReadonlyMap<string, KnownError> = new Map(
	Object.entries<KnownError>({
		user_invalid: { parameter: 'userId', advice: checkUser },
		extension_invalid: {
			parameter: 'extension',
			advice: (names) =>
				names('extensions') === undefined
					? `Check ${nameOf(names, 'extension')}. It must be a Phone Terminal extension of the user. ${checkUser(names)} ${extensionForms}`
					: `Check ${nameOf(names, 'extensions')}. Each must be an extension of the user. ${checkUser(names)} Only an App of a user or an organization can use short extension numbers.`,
		},
		access_denied: { advice: () => signInAgain },
		// The older page of the documentation spells it this way.
		access_denided: { advice: () => signInAgain },
		fields_invalid: { advice: () => 'Correct the value.' },
		pc_duration_invalid: {
			parameter: 'callDuration',
			advice: (names) => `Correct ${nameOf(names, 'callDuration')}: whole seconds, more than 0.`,
		},
		pc_source_invalid: {
			parameter: 'source',
			advice: (names) => `Correct ${nameOf(names, 'source')}. ${extensionForms}`,
		},
		pc_destination_invalid: {
			parameter: 'destination',
			advice: (names) => `Correct ${nameOf(names, 'destination')}. ${extensionForms}`,
		},
		pc_timeout_invalid: {
			parameter: 'waitForPickup',
			advice: (names) => `Correct ${nameOf(names, 'waitForPickup')}: whole seconds, more than 0.`,
		},
		pc_callerid_invalid: {
			parameter: 'callerId',
			advice: () =>
				'Enter the caller IDs like John Doe <+3334444>. If they are right, the extension may not set its own caller ID: allow it in VoipNow, or leave the options out.',
		},
		pc_transfer_invalid: {
			parameter: 'allowPublicTransfer',
			advice: (names) => `Set ${nameOf(names, 'allowPublicTransfer')} to true or false.`,
		},
		pc_nonce_invalid: {
			parameter: 'nonce',
			advice(names) {
				const nonce = names('nonce');
				return nonce === undefined
					? 'Run it again: each call gets a different nonce.'
					: `Enter a different, unique text in ${nonce}, or leave it out.`;
			},
		},
		cdr_source_invalid: { parameter: 'source', advice: (names) => checkNumber(names, 'from') },
		cdr_destination_invalid: {
			parameter: 'destination',
			advice: (names) => checkNumber(names, 'to'),
		},
		cdr_save_start_date_invalid: { parameter: 'saveStartDate', advice: checkSince },
		cdr_save_end_date_invalid: { parameter: 'saveEndDate', advice: checkSince },
		cdr_invalid_date_parameters: { advice: checkSince },
		pcet_type_invalid: { parameter: 'type', advice: leaveOutAnswered },
		pce_type_invalid: { parameter: 'type', advice: leaveOutAnswered },
		// By the pattern of the others.
		pce_url_invalid: {
			parameter: 'url',
			advice: () =>
				'Set WEBHOOK_URL in n8n to an address at which VoipNow can reach it, and restart n8n.',
		},
	}),
);

/** What to do about an error code; undefined if it is not documented. */
export function adviceOnCode(code: string | null, names: FieldNames): string | undefined {
	return knownErrors.get(code ?? '')?.advice(names);
}

/** The parameter that a code is about. */
export function parameterOf(code: string | null): string | undefined {
	return knownErrors.get(code ?? '')?.parameter;
}
