import type { Invalid } from './call';

/** Spaces and the marks that address books wrap around numbers: direction marks, zero-width characters, no-break spaces. */
const invisible = /[\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const separators = /[.()\-\u2010-\u2015\u2212]/gu;

/**
 * Takes off what a CRM adds to a number: spaces, dots, dashes, parentheses, a leading `+`, and the `(0)` that nobody
 * dials behind a country code. What is left must be digits, `*` or `#`.
 */
export function cleanNumber(entered: string): string | Invalid {
	const visible = entered.replace(invisible, '');
	if (/^\+?\d+\.0+$/.test(visible)) {
		return { invalid: [`is "${entered}", as a table writes a number. Take off the .0 behind it.`] };
	}
	const withoutTrunkPrefix = /^\(?\+/.test(visible) ? visible.replace('(0)', '') : visible;
	const cleaned = withoutTrunkPrefix.replace(separators, '').replace(/^\+/, '');
	if (/^[0-9*#]+$/.test(cleaned)) return cleaned;
	if (cleaned === '') return { invalid: ['is empty. Enter an extension or a phone number.'] };
	return {
		invalid: [
			`is "${entered}", which cannot be dialled. Use digits, * and # only; the spaces, dots, dashes, parentheses and the + that a CRM writes do no harm.`,
		],
	};
}
