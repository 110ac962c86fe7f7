// Runs a program that knows nothing of who started it, and ends it: when it is asked to, or when that one is gone.
import { spawn } from 'node:child_process';

const [account = '{}', command = '', ...args] = process.argv.slice(2);
const who = JSON.parse(account) as { readonly uid?: number; readonly gid?: number };
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...who });

program.once('error', (error) => {
	console.error(error);
	process.exit(127);
});
program.once('exit', (code) => {
	process.exit(code ?? 1);
});
// To PostgreSQL SIGTERM would mean: when the last client has gone.
process.once('SIGTERM', () => program.kill('SIGINT'));
