import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const pnpmVersion = '12.21.0';

export interface PnpmCommand {
	readonly command: string;
	readonly args: readonly string[];
}

/** The pnpm that runs the current script, else the one that npx fetches. */
export function pnpm(...args: readonly string[]): PnpmCommand {
	const running = process.env.npm_execpath;
	if (running === undefined || !/^pnpm/.test(basename(running)) || !existsSync(running)) {
		return { command: 'npx', args: ['--yes', `pnpm@${pnpmVersion}`, ...args] };
	}
	return /\.[cm]?js$/.test(running)
		? { command: process.execPath, args: [running, ...args] }
		: { command: running, args };
}

function prefixOf(executable: string | undefined): string | undefined {
	return executable === undefined ? undefined : dirname(dirname(executable));
}

/**
 * A prefix that has Node's headers, if one is known: the npm package `node` brings none,
 * and node-gyp would else download them. The headers of any Node will do, sqlite3 speaks Node-API.
 */
function headersPrefix(): string | undefined {
	return [
		process.env.npm_config_nodedir,
		prefixOf(process.env.npm_node_execpath),
		prefixOf(process.env.NODE),
		process.env.npm_config_prefix,
		'/usr',
		'/usr/local',
	].find((prefix) => prefix && existsSync(join(prefix, 'include', 'node', 'common.gypi')));
}

/** The environment for an install with native modules: built for this Node, with headers of this machine. */
export function installEnvironment(): NodeJS.ProcessEnv {
	const nodedir = headersPrefix();
	return {
		...process.env,
		// Asks nothing.
		CI: 'true',
		PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
		...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }),
	};
}
