/**
 * Adds who signs in to a form. Enswitch takes it as ordinary parameters of every function; here they are in the body only,
 * as an address gets into logs.
 */
export function withSignIn(form: string, credential: Readonly<Record<string, unknown>>): string {
	const parameters = new URLSearchParams(form);
	for (const [name, value] of Object.entries(signInParameters(credential))) {
		parameters.set(name, value);
	}
	return parameters.toString();
}

export function signInParameters({
	username,
	password,
}: Readonly<Record<string, unknown>>): Record<string, string> {
	return { auth_username: toText(username), auth_password: toText(password) };
}

function toText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
