import { explain } from '../shared/wire/reply/explanation';
import type { CertificateOptions, SignIn } from '../shared/wire/signIn/signIn';
import { toText } from '../shared/wire/text/values';

/** What a program enters in place of the credential's form. */
export type EnswitchCredential = Readonly<{
	/** Address of Enswitch, including a path before /api/json if it has one, such as /local. */
	baseUrl: string;
	/** A person who can sign in to the web interface, and whose role is allowed to place calls. */
	username: string;
	password: string;
}> &
	CertificateOptions;

/** User name and password are part of the form that every request sends. */
export const signIn: SignIn<EnswitchCredential> = {
	sign: (request, credential) =>
		request.method === 'POST'
			? { ...request, body: withSignIn(request.body ?? '', credential) }
			: signsFormsOnly,
};

/** For n8n's HTTP Request node, which can send anything with the credential. */
export const signsFormsOnly = explain(
	'not_sent',
	'invalid_settings',
	'Enswitch accepts user name and password only in a form: an address that contains them would end up in logs.',
	'Send a POST with the body content type Form Urlencoded.',
);

/** Enswitch would take these parameters in the address too, but addresses end up in logs. */
function withSignIn(
	form: string,
	{ username, password }: Readonly<Record<string, unknown>>,
): string {
	const parameters = new URLSearchParams(form);
	parameters.set('auth_username', toText(username));
	parameters.set('auth_password', toText(password));
	return parameters.toString();
}
