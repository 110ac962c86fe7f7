import type { IExecuteFunctions } from 'n8n-workflow';

import { commonOptions } from '../../form/fields';
import { failed, type Failed } from '../contract/outcome';

/** The options that limit calls. */
const limits = [
	'allowedDestinations',
	'blockedDestinations',
	'callingHours',
	'maxCalls',
	'onceKey',
] as const;

/** The options that limits depend on, and the one that decides whether a phone rings. */
const decisive = ['defaultCountry', 'numberFormat', 'dryRun'] as const;

/**
 * The failure of every item if a limit was left to the model of an AI agent, with n8n's button beside the field. It looks
 * at the parameters as saved: evaluated, they do not show that the model chose the value.
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

const dependence = 'It decides which phones may ring: enter it yourself.';

function refuse(
	label: string,
	advice = 'A limit that the model chooses is not a limit: enter it yourself.',
): Failed {
	return failed('not_sent', 'invalid_settings', `${label} is left to the model.`, advice);
}

/** Like n8n, it ignores case and accepts spaces before the parenthesis. */
function isOfModel(saved: unknown): boolean {
	if (typeof saved === 'string') return /\$fromAI\s*\(/i.test(saved);
	return typeof saved === 'object' && saved !== null && Object.values(saved).some(isOfModel);
}
