import { type FieldNames, pauseBetweenCalls } from '../shared/wire/reply/status';

/** A documented error text. The values in the text are passed to `advice`. */
interface KnownError {
	readonly pattern: RegExp;
	/** The parameter that the error is about, if it is always the same. */
	readonly parameter?: string;
	/** Too many calls. */
	readonly isLimit?: true;
	/** Not a check of the request: IOVOX may have placed a call before it. */
	readonly mayHaveCalled?: true;
	/** The documented resolution, and the field of the form for it. */
	advice(names: FieldNames, ...values: readonly string[]): string;
}

/** An error text that is documented, with the values in it. */
export interface Match {
	readonly error: KnownError;
	readonly values: readonly string[];
}

const sentWith = (what: string) =>
	`The node sent ${what}. Check that no proxy changes the requests. If Environment in the credential is Custom, check Base URL too.`;

/** https://www.iovox.com/api/rest/initiateCall.html, "Error Result". The last one comes with HTTP 500. */
const knownErrors: readonly KnownError[] = [
	{
		pattern: /^API Version Empty$/i,
		parameter: 'v',
		advice: () => `Add a value for the v parameter in the query string. ${sentWith('v=3')}`,
	},
	{
		pattern: /^API Version Invalid$/i,
		parameter: 'v',
		advice: () => `Correct v parameter. ${sentWith('v=3')}`,
	},
	{
		pattern: /^Request Method must be POST\. (.+) attempted$/i,
		advice: (_names, attempted = '') =>
			`Switch request method ${attempted} to POST. ${sentWith('a POST')}`,
	},
	{
		pattern: /^Request Method must be GET\. (.+) attempted$/i,
		advice: (_names, attempted = '') =>
			`Switch request method ${attempted} to GET. ${sentWith('a GET')}`,
	},
	{
		pattern: /^XML Empty$/i,
		advice: () => `Add xml to the request body. ${sentWith('XML')}`,
	},
	{
		pattern: /^XML parse error\. (.*) at line (\d+), column (\d+)$/is,
		advice: (names, what = '', line = '', column = '') =>
			`Correct XML at point ${what} on line ${line}, column ${column}. ${capitalize(names('dryRun') ?? 'a dry run')} shows the XML that is sent; look for the variable at that point.`,
	},
	{
		pattern: /^Request Empty$/i,
		advice: (names) => {
			const asked = ['linkId', 'callDestination', 'callVariables'].map(names);
			return `Add link_id and any mandatory variables to the request: check ${asked.filter((name) => name !== undefined).join(', ')}.`;
		},
	},
	{
		pattern: /^Link ID Empty$/i,
		parameter: 'link_id',
		advice: (names) => `Add link_id to the XML: enter it in ${names('linkId') ?? 'the call'}.`,
	},
	{
		pattern: /^Link ID does not exist$/i,
		parameter: 'link_id',
		advice: () =>
			'Correct link_id to be an existing Link ID: check the ID of the link. Production and sandbox have different links.',
	},
	{
		pattern: /^Link ID has no Calling Rules$/i,
		parameter: 'link_id',
		advice: () =>
			'Add Calling Rules to link_id using Rules::attachRuleTemplateToLinks or change to a Link ID that has Calling Rules attached.',
	},
	{
		pattern: /^Call Variable (.+) Empty$/i,
		advice: (names, name = '') =>
			`${capitalize(enter(name, names))}: the Calling Rules of the link need ${name}.`,
	},
	{
		pattern: /^The number of calls allowed has been exceeded$/i,
		isLimit: true,
		advice: (names) =>
			`The caller cannot make more calls for a period of time. ${pauseBetweenCalls(names)}`,
	},
	{
		pattern: /^Internal Server Error$/i,
		mayHaveCalled: true,
		advice: () => 'IOVOX advises: Retry later.',
	},
];

/** Variables that have their own field; the others are rows. */
const fieldsOfVariables: Readonly<Record<string, string>> = {
	call_destination: 'callDestination',
	delay: 'delay',
};

function enter(variable: string, names: FieldNames): string {
	const own = Object.hasOwn(fieldsOfVariables, variable) ? fieldsOfVariables[variable] : undefined;
	const name = names(own ?? 'callVariables') ?? 'the call';
	return `enter a value ${own === undefined ? `for ${variable} ` : ''}in ${name}`;
}

function capitalize(text: string): string {
	return text.replace(/^./, (first) => first.toUpperCase());
}

/** The documented error that a message is about; undefined if there is none. */
export function matchKnown(message: string): Match | undefined {
	const text = withoutStatus(message).replace(/\.$/, '');
	for (const error of knownErrors) {
		const match = error.pattern.exec(text);
		if (match !== null) return { error, values: match.slice(1) };
	}
	return undefined;
}

/** A text about the sign-in begins with its status: "HTTP 401: Unauthorized". */
export function withoutStatus(message: string): string {
	return message.replace(/^HTTP \d{3}: /, '');
}

/** The parameter that an error is about. */
export function parameterOf(message: string): string | undefined {
	const known = matchKnown(message);
	const [variable] = /^Call Variable /i.test(withoutStatus(message)) ? (known?.values ?? []) : [];
	return known?.error.parameter ?? variable;
}

/** Each advice once. Empty if no error is documented. */
export function adviceOn(messages: readonly string[], names: FieldNames): string {
	const known = messages.map(matchKnown).filter((match) => match !== undefined);
	const advice = known.map(({ error, values }) => error.advice(names, ...values));
	return [...new Set(advice)].join(' ');
}
