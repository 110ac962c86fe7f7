import type { HttpReply } from '../server.mts';
import { element, escapeXml } from '../xml.mts';

/** One error of a reply. IOVOX sends all errors at once, under the status of the first. */
export interface IovoxError {
	readonly status: number;
	readonly message: string;
}

/** The format of errors; XML is documented, public clients expect the others. */
export type ErrorFormat = 'xml' | 'json' | 'text';

const badRequest = (message: string): IovoxError => ({ status: 400, message });

// Documented for initiateCall, and most of them for getLinks too.

export const versionEmpty = badRequest('API Version Empty');
export const versionInvalid = badRequest('API Version Invalid');
export const wrongMethod = (wanted: string, attempted: string) =>
	badRequest(`Request Method must be ${wanted}. ${attempted} attempted`);
export const xmlEmpty = badRequest('XML Empty');
export const xmlFault = (what: string, line: number, column: number) =>
	badRequest(`XML parse error. ${what} at line ${String(line)}, column ${String(column)}`);
export const requestEmpty = badRequest('Request Empty');
export const linkIdEmpty = badRequest('Link ID Empty');
export const unknownLink = badRequest('Link ID does not exist');
export const linkWithoutRules = badRequest('Link ID has no Calling Rules');
export const variableEmpty = (name: string) => badRequest(`Call Variable ${name} Empty`);
export const tooManyCalls = badRequest('The number of calls allowed has been exceeded');

/** https://www.iovox.com/api/rest/authentication.html: a wrong key and a wrong address look the same. */
export const unauthorized: IovoxError = { status: 401, message: 'HTTP 401: Unauthorized' };

// https://www.iovox.com/api/rest/getLinks.html

export const pageNotInteger = badRequest('Page Number not an integer');
export const limitNotInteger = badRequest('Limit not an integer');
export const limitOutOfRange = badRequest('Limit must be between 1 and 20000');
export const fieldsInvalid = (names: readonly string[]) =>
	badRequest(`Required Fields Invalid: ${names.join(',')}`);
export const outputInvalid = badRequest('Output Type Invalid');

// STAND-INS for what the documents forbid without naming a reply. No client may rely on their texts.

export const notFound: IovoxError = { status: 404, message: 'HTTP 404: Not Found' };
export const variableInvalid = (name: string) => badRequest(`Call Variable ${name} Invalid`);
export const variableTwice = (name: string) => badRequest(`Call Variable ${name} given twice`);
export const unknownNode = (name: string) => badRequest(`Unknown node ${name}`);

export const parameterUnknown = (name: string) => badRequest(`Unknown parameter ${name}`);
export const orderInvalid = badRequest('order is not a field and a direction');
export const dateInvalid = (name: string) => badRequest(`${name} is not a date`);

export function errorReply(errors: readonly IovoxError[], format: ErrorFormat): HttpReply {
	const status = errors[0]?.status ?? 500;
	const messages = errors.map(({ message }) => message);
	switch (format) {
		case 'xml':
			return {
				status,
				headers: { 'content-type': 'application/xml' },
				body: `<?xml version="1.0" encoding="utf-8"?>\n${element('errors', {}, ...errors.map(render))}\n`,
			};
		case 'json':
			return {
				status,
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ errors: { error: messages.length > 1 ? messages : messages[0] } }),
			};
		case 'text':
			return { status, headers: { 'content-type': 'text/plain' }, body: messages.join('\n') };
	}
}

function render({ status, message }: IovoxError): string {
	return element('error', { status }, escapeXml(message));
}
