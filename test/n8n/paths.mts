import { join } from 'node:path';

/** This folder: n8n's own workspace, with its lock and its node_modules. */
export const n8nFolder = import.meta.dirname;
export const projectFolder = join(n8nFolder, '..', '..');
/** n8n's user folders, logs and the packed package. Linters skip node_modules. */
export const workFolder = join(projectFolder, 'node_modules', '.cache', 'n8n-nodes-originate-call');
/** What Node.js has compiled of n8n and of the package under test. */
export const compiledFolder = join(workFolder, 'compiled');
export const screenshotFolder = join(n8nFolder, 'screenshots');
export const examplesFolder = join(projectFolder, 'examples');
export const packageName = 'n8n-nodes-originate-call';
