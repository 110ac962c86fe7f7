import { explainInvalid } from '../shared/wire/reply/explanation';
import type { CertificateOptions, SignIn } from '../shared/wire/signIn/signIn';
import { invalid } from '../shared/wire/text/invalid';
import { toText } from '../shared/wire/text/values';

/** What a program enters in place of the credential's form. */
export type AsteriskCredential = Readonly<{
	/** Address of Asterisk's web server up to /ari, e.g. https://pbx.example.com:8089. */
	baseUrl: string;
	/** An ARI user that is not read-only. */
	username: string;
	password: string;
}> &
	CertificateOptions;

/** Basic authentication. ARI takes the password in the address too, where it would get into logs. */
export const signIn: SignIn<AsteriskCredential> = {
	sign(request, credential) {
		const { username, password } = credential as Readonly<Record<string, unknown>>;
		const user = toText(username);
		if (user.includes(':')) return explainInvalid(colonInName);
		const basic = Buffer.from(`${user}:${toText(password)}`, 'utf8').toString('base64');
		return { ...request, headers: { ...request.headers, Authorization: `Basic ${basic}` } };
	},
};

const colonInName = invalid(
	'User Name in the credential has a colon, which HTTP cannot send. Give this ARI user another name.',
);
