import type { XmlElement } from '../xml.mts';
import { duplicateParameter, malformedRequest, unknownParameter } from './errors.mts';
import type { SwitchvoxError } from './errors.mts';

/** The parameters of a method. */
export interface ParameterForm {
	readonly single?: readonly string[];
	/** List parameters by name, with the name of their items: `{ extensions: 'extension' }`. */
	readonly lists?: Readonly<Record<string, string>>;
}

export interface Parameters {
	/** undefined: not given. An empty element is an empty string. */
	single(name: string): string | undefined;
	/** undefined: not given. */
	list(name: string): readonly string[] | undefined;
}

/** Accepts only parameters that the form names, and each only once. */
export function readParameters(
	given: readonly XmlElement[],
	form: ParameterForm,
): Parameters | { readonly errors: readonly SwitchvoxError[] } {
	const singles = new Map<string, string>();
	const lists = new Map<string, readonly string[]>();
	const errors: SwitchvoxError[] = [];
	for (const parameter of given) {
		const { name } = parameter;
		const item = form.lists?.[name];
		if (singles.has(name) || lists.has(name)) {
			errors.push(duplicateParameter(name));
		} else if (form.single?.includes(name)) {
			if (!isPlain(parameter)) errors.push(malformedRequest(`<${name}> must hold text only`));
			singles.set(name, parameter.text);
		} else if (item !== undefined) {
			if (!isListOf(parameter, item)) {
				errors.push(malformedRequest(`<${name}> must hold <${item}> elements only`));
			}
			lists.set(
				name,
				parameter.children.map(({ text }) => text),
			);
		} else {
			errors.push(unknownParameter(name));
		}
	}
	if (errors.length > 0) return { errors };
	return { single: (name) => singles.get(name), list: (name) => lists.get(name) };
}

function isPlain({ attributes, children }: XmlElement): boolean {
	return children.length === 0 && Object.keys(attributes).length === 0;
}

function isListOf(list: XmlElement, item: string): boolean {
	const hasText = list.text.trim() !== '';
	const hasAttributes = Object.keys(list.attributes).length > 0;
	const itemsAreRight = list.children.every((child) => child.name === item && isPlain(child));
	return !hasText && !hasAttributes && itemsAreRight;
}
