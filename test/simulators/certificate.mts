import { randomUUID } from 'node:crypto';
import { generate } from 'selfsigned';

export type CertificateKind = 'selfSigned' | 'wrongHost' | 'expired';

export interface Certificate {
	/** PEM. A client that trusts it trusts the simulator: the certificate is its own authority. */
	readonly certificate: string;
	/** PEM; made at run time and never written to a file. */
	readonly key: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** `wrongHost` is valid for pbx.example only, `expired` ended yesterday; each is otherwise right. */
export async function makeCertificate(kind: CertificateKind): Promise<Certificate> {
	const now = Date.now();
	const host = kind === 'wrongHost' ? 'pbx.example' : 'localhost';
	const subject = [
		{ name: 'commonName', value: host },
		// Each has a name of its own: of several with the same name, a client that trusts all of them tries only the first.
		{ name: 'organizationName', value: `Simulator ${randomUUID()}` },
	];
	const made = await generate(subject, {
		keyType: 'ec',
		algorithm: 'sha256',
		notBeforeDate: new Date(now - 30 * dayMs),
		notAfterDate: new Date(kind === 'expired' ? now - dayMs : now + 30 * dayMs),
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames:
					kind === 'wrongHost'
						? [{ type: 2, value: host }]
						: [
								{ type: 2, value: host },
								{ type: 7, ip: '127.0.0.1' },
							],
			},
		],
	});
	return { certificate: made.cert, key: made.private };
}
