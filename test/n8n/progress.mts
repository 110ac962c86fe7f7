import { styleText } from 'node:util';

const terminalIntervalMs = 500;
const logIntervalMs = 10_000;

const clearLine = '\r\u001b[K';

/** Shows the line of the current step, but not in a log, where lines cannot be replaced. */
let redraw: (() => void) | undefined;

/** Prints a line above the line of the current step. */
export function printLine(line: string): void {
	if (redraw !== undefined) process.stderr.write(clearLine);
	process.stdout.write(`${line}\n`);
	redraw?.();
}

export interface Progress {
	/** What the step is doing at the moment; shown with the elapsed time. */
	readonly update: (detail: string) => void;
}

function seconds(since: number): string {
	return `${Math.round((Date.now() - since) / 1000).toString()} s`;
}

/** Runs one step and shows its progress: a line with the elapsed time in a terminal, a line every 10 s elsewhere. */
export async function withProgress<T>(
	title: string,
	step: (progress: Progress) => Promise<T>,
): Promise<T> {
	const terminal = process.stderr.isTTY;
	const started = Date.now();
	let detail = '';
	const line = (mark: string): string => {
		const text = `${mark} ${title}, ${seconds(started)}${detail === '' ? '' : `: ${detail}`}`;
		return terminal ? text.slice(0, (process.stderr.columns || 80) - 1) : text;
	};
	const show = (): void => {
		process.stderr.write(terminal ? `${clearLine}${line('…')}` : `${line('…')}\n`);
	};
	const finish = (mark: string): void => {
		detail = '';
		redraw = undefined;
		process.stderr.write(`${terminal ? clearLine : ''}${line(mark)}\n`);
	};
	const timer = setInterval(show, terminal ? terminalIntervalMs : logIntervalMs);
	if (terminal) {
		redraw = show;
		show();
	}
	try {
		const result = await step({ update: (text) => (detail = text) });
		finish(styleText('green', '✓', { stream: process.stderr }));
		return result;
	} catch (error) {
		finish(styleText('red', '✗', { stream: process.stderr }));
		throw error;
	} finally {
		clearInterval(timer);
	}
}
