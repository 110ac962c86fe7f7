import type { HttpRequest } from '../server.mts';
import { invalid } from './responses.mts';
import type { Entry } from './responses.mts';

/** Parameters by name, as they came; a name that came twice is in `repeated`. */
export interface Parameters {
	readonly values: ReadonlyMap<string, string>;
	readonly repeated: readonly string[];
}

/** The documents separate with `;` in the address; production clients use `&`, which is all that a form has. */
export function readParameters({ path, headers, body }: HttpRequest): Parameters {
	const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : '';
	const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
	const pairs = [
		...query.split(/[;&]/),
		...(isForm ? body.toString('latin1').split('&') : []),
	].filter((pair) => pair !== '');
	const values = new Map<string, string>();
	const repeated: string[] = [];
	for (const pair of pairs) {
		const at = pair.indexOf('=');
		const name = decode(at < 0 ? pair : pair.slice(0, at));
		if (values.has(name)) repeated.push(name);
		values.set(name, at < 0 ? '' : decode(pair.slice(at + 1)));
	}
	return { values, repeated };
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return '\uFFFD';
	}
}

/** How a value has to look, and what is said of one that does not. */
export interface Rule {
	readonly pattern: RegExp;
	readonly message: string;
	readonly required?: boolean;
}

export const flag: Rule = { pattern: /^[01]$/, message: 'Must be 1 or 0.' };
export const integer: Rule = { pattern: /^\d{1,9}$/, message: 'Must be an integer.' };
export const text: Rule = { pattern: /^[^\p{Cc}\uFFFD]*$/u, message: 'Invalid text.' };

const signIn: Readonly<Record<string, Rule>> = { auth_username: text, auth_password: text };

/**
 * Takes nothing that the form does not name and nothing twice: whether Enswitch would overlook it is not documented,
 * and no client should try. One installation overlooks filters that it does not know: `ignoresUnknown`.
 */
export function check(
	{ values, repeated }: Parameters,
	form: Readonly<Record<string, Rule>>,
	ignoresUnknown = false,
): Entry[] {
	const rules = { ...signIn, ...form };
	const unknown = ignoresUnknown
		? []
		: [...values.keys()].filter((name) => !Object.hasOwn(rules, name));
	const missing = Object.keys(form).filter(
		(name) => form[name]?.required === true && (values.get(name) ?? '') === '',
	);
	const wrong = [...values].filter(([name, value]) => {
		const rule = rules[name];
		return rule !== undefined && !missing.includes(name) && !rule.pattern.test(value);
	});
	return [
		...repeated.map((name) => invalid(name, 'Given more than once.')),
		...unknown.map((name) => invalid(name, 'Unknown parameter.')),
		...missing.map((name) => invalid(name, 'Required.')),
		...wrong.map(([name]) => invalid(name, rules[name]?.message ?? '')),
	];
}
