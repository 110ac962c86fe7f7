import { commonOptions } from '../form/fields';
import { type FieldReader, type FormValues, readCountry, readForm } from '../form/reader';
import type { Invalid } from '../wire/text/invalid';
import { noWait, type Wait, waits, waitSeconds } from './contract/callState';
import type { EntryRules } from './limits/destinations';
import { type Guards, readGuards } from './limits/guards';
import { listMemory } from './limits/listMemory';

/** The part of {@link commonOptions} that each item sets. An option that was not added has its default. */
export interface ItemOptions {
	readonly dryRun: boolean;
	readonly includeResponse: boolean;
	readonly includeInput: boolean;
	readonly onceKey: string | undefined;
	readonly guards: Guards;
	readonly wait: Wait;
	/** Undefined if the option was not added. */
	readonly lookUpUnknown: boolean | undefined;
}

/** Reads the options of one item. `timeZone` is the workflow's. */
export function readItemOptions(
	values: FormValues,
	timeZone: string,
	rules: EntryRules = { hasLines: false, memory: listMemory() },
): ItemOptions | Invalid {
	return readForm(commonOptions, values, (options) => ({
		dryRun: options.flag('dryRun') ?? false,
		includeResponse: options.flag('includeResponse') ?? false,
		includeInput: options.flag('includeInputData') ?? false,
		// An empty key would let every call through.
		onceKey: options.has('onceKey') ? options.requiredText('onceKey') : undefined,
		guards: readGuards(options, readCountry(options), timeZone, rules),
		wait: readWait(options),
		lookUpUnknown: options.flag('lookUpUnknown'),
	}));
}

function readWait(options: FieldReader): Wait {
	const atMostSeconds = options.wholeNumber('waitAtMost', waitSeconds) ?? waitSeconds.default;
	if (options.has('waitUntil')) return { until: options.oneOf('waitUntil', waits), atMostSeconds };
	if (options.has('waitAtMost')) {
		options.refuse(
			'waitAtMost',
			'is set without Wait: Until. Add that option too, or remove this one.',
		);
	}
	return noWait;
}

const intervalCounts = ['thisRun', 'allExecutions'] as const;

/** The part of {@link commonOptions} that the first item sets for the whole run. */
export interface RunOptions {
	readonly intervalSeconds: number;
	readonly intervalCounts: (typeof intervalCounts)[number];
	readonly maxConcurrent: number;
	readonly maxCalls: number | undefined;
}

/** The run without any of these options. */
export const defaultRunOptions: RunOptions = {
	intervalSeconds: 0,
	intervalCounts: 'thisRun',
	maxConcurrent: 1,
	maxCalls: undefined,
};

/** Reads the options of a run. */
export function readRunOptions(values: FormValues): RunOptions | Invalid {
	return readForm(commonOptions, values, (options) => {
		if (options.has('maxCalls')) options.requiredText('maxCalls');
		return {
			intervalSeconds:
				options.wholeNumber('interval', { min: 0, max: 86_400 }) ??
				defaultRunOptions.intervalSeconds,
			intervalCounts: options.has('intervalCounts')
				? options.oneOf('intervalCounts', intervalCounts)
				: defaultRunOptions.intervalCounts,
			maxConcurrent:
				options.wholeNumber('maxConcurrent', { min: 1, max: 100 }) ??
				defaultRunOptions.maxConcurrent,
			maxCalls: options.wholeNumber('maxCalls', { min: 0, max: 1_000_000 }),
		};
	});
}
