import { explainInvalid } from '../shared/wire/reply/explanation';
import type { SignIn } from '../shared/wire/signIn/signIn';
import { invalid, type Invalid, isInvalid } from '../shared/wire/text/invalid';
import { toText } from '../shared/wire/text/values';

/** What a program enters in place of the credential's form. */
export type IovoxCredential = Readonly<{
	/** User name of the REST API. */
	username: string;
	/** Works only from the IP addresses in the API Settings of the IOVOX portal. */
	secureKey: string;
}> &
	(
		| Readonly<{ environment: 'production' | 'sandbox' }>
		| Readonly<{
				environment: 'custom';
				/** Another address, such as a gateway of your own. */
				baseUrl: string;
		  }>
	);

/** Every request carries two headers, which do not expire. */
export const signIn: SignIn<IovoxCredential> = {
	sign(request, credential) {
		const headers = signInHeaders(credential);
		if (isInvalid(headers)) return explainInvalid(headers);
		return { ...request, headers: { ...request.headers, ...headers } };
	},
};

/** The characters that an HTTP header can carry unencoded. */
const headerText = /^[\x20-\x7E]+$/;

/** https://www.iovox.com/api/rest/authentication.html */
function signInHeaders({
	username,
	secureKey,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | Invalid {
	const entered = { 'User Name': toText(username).trim(), 'Secure Key': toText(secureKey).trim() };
	const texts = Object.entries(entered)
		.filter(([, text]) => !headerText.test(text))
		.map(([label, text]) =>
			text === ''
				? `${label} in the credential is empty.`
				: `${label} in the credential has a character that cannot be sent. Copy it again.`,
		);
	if (texts.length > 0) return invalid(...texts);
	return { username: entered['User Name'], secureKey: entered['Secure Key'] };
}
