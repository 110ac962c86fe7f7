/** n8n's scanner has no types of its own; this is what `scan.mts` uses of it. */
declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
	interface Analysis {
		readonly passed: boolean;
		readonly message?: string;
		readonly details?: string;
	}
	export const SOURCE_FILE_PATTERNS: readonly string[];
	/** The folder whose package.json has this name. */
	export function findPackageRoot(folder: string, name: string): string | null;
	export function analyzePackage(folder: string, patterns: readonly string[]): Promise<Analysis>;
}
