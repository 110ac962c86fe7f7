/** The first party of a call as a result names it. */
export function partyAt(endpoint: string): string {
	return isLocal(endpoint) ? firstParty(endpoint) : endpoint;
}

function isLocal(endpoint: string): boolean {
	return /^local\//i.test(endpoint);
}

export function isUri(endpoint: string): boolean {
	return /\/sips?:/i.test(endpoint);
}

/**
 * The number or name that an endpoint dials: `Local/101@context/n`, `PJSIP/101`, `PJSIP/12025550123@trunk`, `PJSIP/trunk/sip:12025550123@host`,
 * `DAHDI/g1/12025550123`; a leading `w` waits for the dial tone.
 */
export function firstParty(endpoint: string): string {
	const [, inUri] = /\/sips?:([^@/]*)/i.exec(endpoint) ?? [];
	const [, ...parts] = endpoint.split('/');
	const dialed =
		inUri ?? (isLocal(endpoint) ? parts[0] : parts.filter((part) => part !== '').at(-1));
	const [party = ''] = (dialed ?? '').split('@');
	const number = party.replace(/^w+/i, '');
	return isNumber(number) ? number : party;
}

export function isNumber(party: string): boolean {
	return /\d/.test(party) && !/\p{L}/u.test(party);
}
