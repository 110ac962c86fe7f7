import { element } from '../xml.mts';

/** One `<error>` of a reply; Switchvox sends errors with HTTP status 200. */
export interface SwitchvoxError {
	readonly code: number;
	readonly message: string;
}

// The codes and texts in this block are documented, see the "Error Codes" of the methods at
// https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
// and the "Bad Requests" in http://developers.digium.com/switchvox/wiki/index.php/CallCreation_examples

export const missingExtensions: SwitchvoxError = {
	code: 10000,
	message: 'Missing extensions or account_ids',
};
export const invalidExtension = (extension: string): SwitchvoxError => ({
	code: 10010,
	message: `Invalid extension (${extension}). Extensions may only contain digits or *.`,
});
export const missingParameter = (name: string): SwitchvoxError => ({
	code: 10011,
	message: `Missing required parameter (${name})`,
});
export const missingEither = (...names: readonly string[]): SwitchvoxError => ({
	code: 10013,
	message: `Invalid number of parameters. At least one of the following parameters is required : (${names.join(',')})`,
});
export const invalidAccountId = (accountId: string): SwitchvoxError => ({
	code: 10014,
	message: `Invalid account_id (${accountId}). Account_ids may only contain digits.`,
});
export const notPermitted: SwitchvoxError = {
	code: 27168,
	message: 'Your account is not permitted to run this action.',
};
export const originateFailed: SwitchvoxError = {
	code: 41591,
	message: 'Your call failed to connect (Originate failed).',
};
export const invalidNumber = (parameter: string): SwitchvoxError => ({
	code: 54222,
	message: `Invalid phone number or extension for parameter ${parameter}. Number must only contain digits,*,or #.`,
});
export const missingAccountId: SwitchvoxError = {
	code: 66939,
	message: 'Missing the account_id parameter.',
};
export const unknownAccountId: SwitchvoxError = {
	code: 84711,
	message: 'That account_id is invalid.',
};

// Documented codes of switchvox.users.callLogs.search; the texts are stand-ins.

export const invalidDateOrder: SwitchvoxError = { code: 12010, message: 'Invalid order of dates.' };
export const invalidSortField: SwitchvoxError = { code: 12016, message: 'Invalid sort_field.' };
export const invalidSortOrder: SwitchvoxError = { code: 12017, message: 'Invalid sort_order.' };
export const invalidItemsPerPage: SwitchvoxError = {
	code: 12018,
	message: 'Invalid items_per_page.',
};
export const invalidPageNumber: SwitchvoxError = { code: 12019, message: 'Invalid page_number.' };

export const invalidStartDate = (date: string): SwitchvoxError => ({
	code: 25673,
	message: `Invalid start_date (${date}). The format is YYYY-MM-DD HH:MM:SS.`,
});
export const invalidEndDate = (date: string): SwitchvoxError => ({
	code: 63014,
	message: `Invalid end_date (${date}). The format is YYYY-MM-DD HH:MM:SS.`,
});

// STAND-INS. The vendor's table of generic error codes is not public, so everything it would say is
// given a code from 99001 up here. No client may rely on them: only on their being errors.

/** The text is the documented one, for a GET as well as for an empty POST; the code is not known. */
export const emptyRequest: SwitchvoxError = { code: 99001, message: 'request XML was empty' };
export const malformedXml = (why: string): SwitchvoxError => ({
	code: 99002,
	message: `The request XML is not well-formed (${why}).`,
});
export const malformedRequest = (why: string): SwitchvoxError => ({
	code: 99003,
	message: `The request XML is not structured correctly (${why}).`,
});
export const unknownMethod = (method: string): SwitchvoxError => ({
	code: 99004,
	message: `Unknown method (${method}).`,
});
export const unknownParameter = (name: string): SwitchvoxError => ({
	code: 99005,
	message: `Unknown parameter (${name}).`,
});
export const duplicateParameter = (name: string): SwitchvoxError => ({
	code: 99006,
	message: `Parameter given more than once (${name}).`,
});
export const invalidValue = (name: string, rule: string): SwitchvoxError => ({
	code: 99007,
	message: `Invalid value for parameter ${name}. ${rule}`,
});
export const callerIdNameTooLong: SwitchvoxError = {
	code: 99008,
	message: 'Invalid caller_id_name. It may have 20 characters at most.',
};
export const malformedVariable = (variable: string): SwitchvoxError => ({
	code: 99009,
	message: `Invalid variable (${variable}). A variable has the form name=value.`,
});

export const unknownCurrentCall = (id: string): SwitchvoxError => ({
	code: 99010,
	message: `There is no current call (${id}).`,
});
export const severalFilters: SwitchvoxError = {
	code: 99011,
	message: 'Only one of the filters may be given.',
};

export function renderErrors(errors: readonly SwitchvoxError[]): string {
	const rendered = errors.map(({ code, message }) => element('error', { code, message }));
	return element('errors', {}, ...rendered);
}
