import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const pnpmVersion = '12.21.0';

export interface PnpmCommand {
	readonly command: string;
	readonly args: readonly string[];
}

/** The pnpm that runs the current script; otherwise the one that npx installs. */
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
 * A prefix with Node's headers, if one is found. The npm package `node` has none, and node-gyp would download them
 * otherwise. The headers of any version will do, because sqlite3 uses Node-API.
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

/** The environment for installing native modules: they are built for this Node, with the headers on this machine. */
export function installEnvironment(): NodeJS.ProcessEnv {
	const nodedir = headersPrefix();
	return {
		...process.env,
		// No questions.
		CI: 'true',
		PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
		...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }),
	};
}
