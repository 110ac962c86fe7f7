import type {} from './globalSetup.mts';

export default async function globalTeardown(): Promise<void> {
	await Promise.all((globalThis.n8nsUnderTest ?? []).map(({ stop }) => stop()));
}
