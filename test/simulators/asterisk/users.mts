import type { HttpRequest } from '../server.mts';

/** A user of ari.conf. */
export interface User {
	readonly username: string;
	readonly password: string;
	/** Default false. */
	readonly readOnly?: boolean;
}

/** Test values; they open nothing but a simulator. */
export const defaultUsers = {
	n8n: { username: 'n8n', password: 'test-password-ari & "más"' },
	reader: { username: 'reader', password: 'test-password-reader', readOnly: true },
} as const satisfies Record<string, User>;

/** The user who signed in; undefined if nobody did. */
export function userOf({ headers }: HttpRequest, users: readonly User[]): User | undefined {
	const [, encoded = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
	const signedIn = Buffer.from(encoded, 'base64').toString('utf8');
	return users.find(({ username, password }) => signedIn === `${username}:${password}`);
}

export function mayWrite({ readOnly = false }: User): boolean {
	return !readOnly;
}
