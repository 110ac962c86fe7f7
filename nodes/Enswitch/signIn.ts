import type { Explanation } from '../shared/wire/explanation';
import type { SignIn } from '../shared/wire/signIn';
import { toText } from '../shared/wire/values';

/** What a program enters in place of the credential's form. */
export type EnswitchCredential = Readonly<{
	/** Address of Enswitch, with what stands before /api/json if there is something, such as /local. */
	baseUrl: string;
	/** A person who can sign in to the web interface, and whose role may place calls. */
	username: string;
	password: string;
	/** Whether to connect even if the certificate cannot be validated. */
	allowUnauthorizedCerts?: boolean;
	/** Certificate to trust, in PEM format. */
	caCertificate?: string;
}>;

/** User name and password go along with every request, in its form. */
export const signIn: SignIn<EnswitchCredential> = {
	sign: (request, credential) =>
		request.method === 'POST'
			? { ...request, body: withSignIn(request.body ?? '', credential) }
			: signsFormsOnly,
};

/** n8n's own HTTP Request node can use the credential for anything. */
export const signsFormsOnly: Explanation = {
	kind: 'explanation',
	status: 'not_sent',
	reason: 'invalid_settings',
	what: 'The sign-in of Enswitch goes into a form only: an address with a password in it would get into logs.',
	advice: 'Send a POST with the body content type Form Urlencoded.',
	httpStatus: null,
};

/**
 * Adds who signs in to a form. Enswitch takes it as ordinary parameters of every function; here they are in the body only,
 * as an address gets into logs.
 */
function withSignIn(form: string, credential: Readonly<Record<string, unknown>>): string {
	const parameters = new URLSearchParams(form);
	for (const [name, value] of Object.entries(signInParameters(credential))) {
		parameters.set(name, value);
	}
	return parameters.toString();
}

function signInParameters({
	username,
	password,
}: Readonly<Record<string, unknown>>): Record<string, string> {
	return { auth_username: toText(username), auth_password: toText(password) };
}
