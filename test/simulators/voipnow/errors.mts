import type { HttpReply } from '../server.mts';

/** An answer with the envelope of https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/HTTP-Return-Codes.html */
export interface VoipNowError {
	readonly status: number;
	readonly code: string;
	readonly message: string;
}

const badRequest = (code: string, message: string): VoipNowError => ({
	status: 400,
	code,
	message,
});

export const userInvalid = badRequest('user_invalid', 'Value supplied for userId is invalid.');
export const extensionInvalid = badRequest(
	'extension_invalid',
	'Value supplied in extension parameter is missing or invalid. The parameter must be set to the number of a Phone Terminal extension that must be owned by the user. Default has the same value as the source parameter.',
);
export const durationInvalid = badRequest(
	'pc_duration_invalid',
	'Value supplied in callDuration parameter is missing or invalid. The parameter must be set to a numeric value and represents the mandatory duration of a phone call in seconds.',
);
export const sourceInvalid = badRequest(
	'pc_source_invalid',
	'Value supplied in source parameter is missing or invalid. The parameter must be set to a list of extended or short extension numbers or public phone numbers.',
);
export const destinationInvalid = badRequest(
	'pc_destination_invalid',
	'Value supplied in destination parameter is missing or invalid. The parameter must be set to a list of extended or short extension numbers or public phone numbers.',
);
export const timeoutInvalid = badRequest(
	'pc_timeout_invalid',
	'Value supplied in waitForPickup parameter is missing or invalid. The parameter must be numeric and higher than 0.',
);
export const callerIdInvalid = badRequest(
	'pc_callerid_invalid',
	'Value supplied in callerId parameter is missing or invalid. The parameter must be set to a value with the format: John Doe <+3334444>.',
);
export const callerIdNotAllowed = badRequest(
	'pc_callerid_invalid',
	'You are not allowed to set the callerid field.',
);
export const transferInvalid = badRequest(
	'pc_transfer_invalid',
	'Value supplied in allowPublicTransfer parameter is missing or invalid. The parameter must be set to true or false.',
);
export const nonceInvalid = badRequest(
	'pc_nonce_invalid',
	'Value supplied in nonce parameter is missing or invalid.',
);
export const countInvalid = badRequest('count_invalid', 'Value supplied for count is invalid.');

// The codes are documented, the texts are stand-ins.

const invalidValue = (code: string, what: string): VoipNowError =>
	badRequest(code, `Value supplied in ${what} parameter is missing or invalid.`);

export const fieldsInvalid = invalidValue('fields_invalid', 'fields');
export const filterByInvalid = invalidValue('filterby_invalid', 'filterBy');
export const filterOpInvalid = invalidValue('filterop_invalid', 'filterOp');
export const filterValueInvalid = invalidValue('filtervalue_invalid', 'filterValue');
export const sortOrderInvalid = invalidValue('sortorder_invalid', 'sortOrder');
export const startDateInvalid = invalidValue('cdr_start_date_invalid', 'startDate');
export const endDateInvalid = invalidValue('cdr_end_date_invalid', 'endDate');
export const saveStartDateInvalid = invalidValue('cdr_save_start_date_invalid', 'saveStartDate');
export const saveEndDateInvalid = invalidValue('cdr_save_end_date_invalid', 'saveEndDate');
export const datesInvalid = badRequest(
	'cdr_invalid_date_parameters',
	'The start date is later than the end date.',
);
export const recordSourceInvalid = invalidValue('cdr_source_invalid', 'source');
export const recordDestinationInvalid = invalidValue('cdr_destination_invalid', 'destination');
export const flowInvalid = invalidValue('cdr_flow_invalid', 'flow');
export const dispositionInvalid = invalidValue('cdr_disposition_invalid', 'disposition');
export const recordFilterInvalid = (field: string): VoipNowError =>
	invalidValue(`cdr_invalid_filter_by_${field}`, 'filterValue');

export const eventExtensionInvalid = invalidValue('extension_invalid', 'extension');
/** The page of creating one spells its code in this way, the one of updating in the other. */
export const newEventTypeInvalid = invalidValue('pcet_type_invalid', 'type');
export const eventTypeInvalid = invalidValue('pce_type_invalid', 'type');
export const eventMethodInvalid = invalidValue('pce_method_invalid', 'method');

// Not documented: by analogy with the other codes.

export const eventUrlInvalid = invalidValue('pce_url_invalid', 'url');
export const eventStatusInvalid = invalidValue('pce_status_invalid', 'status');
export const eventNoteInvalid = invalidValue('pce_note_invalid', 'note');

export const callIdInvalid = invalidValue('pc_id_invalid', 'phoneCallId');
export const callNotFound: VoipNowError = {
	status: 404,
	code: 'not_found',
	message: 'The requested resource was not found.',
};

/** Not documented: this simulator is strict, so that nothing undocumented is sent by accident. */
export const undocumented = (what: string): VoipNowError =>
	badRequest('simulator_undocumented', `${what} is not documented.`);

export const accessDenied = (status: 401 | 403 = 401): VoipNowError => ({
	status,
	code: 'access_denied',
	message: 'The access token is missing, unknown or expired.',
});

export const notImplemented: VoipNowError = {
	status: 501,
	code: 'request_not_implemented',
	message: 'The request is not implemented.',
};

export function errorReply({ status, code, message }: VoipNowError): HttpReply {
	return jsonReply(status, { error: { code, message } });
}

export function jsonReply(status: number, body: unknown): HttpReply {
	const headers = { 'content-type': 'application/json' };
	return { status, headers, body: JSON.stringify(body) };
}
