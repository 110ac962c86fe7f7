import type { IExecuteFunctions } from 'n8n-workflow';

import { commonOptions } from '../form/fields';
import { failed, type Failed } from './outcome';

/** What a workflow forbids itself. */
const limits = [
	'allowedDestinations',
	'blockedDestinations',
	'callingHours',
	'maxCalls',
	'onceKey',
] as const;

/** What the limits depend on, or whether anything rings. */
const decisive = ['defaultCountry', 'numberFormat', 'dryRun'] as const;

/**
 * The failure of every item where an AI agent's model was given an option that is there to keep it within limits, with
 * n8n's button beside the field. By the parameters as they are saved: evaluated, they do not tell who chose the value.
 */
export function leftToModel(context: IExecuteFunctions): Failed | undefined {
	const { options } = Object(context.getNode().parameters) as Readonly<Record<string, unknown>>;
	if (typeof options === 'string') return isOfModel(options) ? refuse('Options') : undefined;
	const saved = Object(options) as Readonly<Record<string, unknown>>;
	const name = [...limits, ...decisive].find((option) => isOfModel(saved[option]));
	if (name === undefined) return undefined;
	const label = commonOptions.find((option) => option.name === name)?.displayName ?? name;
	return refuse(label, limits.some((limit) => limit === name) ? undefined : dependence);
}

const dependence = 'What may ring depends on it: enter it yourself.';

function refuse(
	label: string,
	advice = 'A limit that the model chooses is none: enter it yourself.',
): Failed {
	return failed('not_sent', 'invalid_settings', `${label} is left to the model.`, advice);
}

/** n8n reads the name in any case, and takes spaces before the parenthesis. */
function isOfModel(saved: unknown): boolean {
	if (typeof saved === 'string') return /\$fromAI\s*\(/i.test(saved);
	return typeof saved === 'object' && saved !== null && Object.values(saved).some(isOfModel);
}
