import type {} from './globalSetup.mts';

export default async function globalTeardown(): Promise<void> {
	await globalThis.n8nUnderTest?.stop();
}
