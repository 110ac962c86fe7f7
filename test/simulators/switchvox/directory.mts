/** The configuration of the simulated PBX: extensions, call rules, API settings and IVR variables. */

export type ExtensionType = 'sip' | 'virtual' | 'ivr' | 'call_queue';

export interface Extension {
	readonly number: string;
	/** Never equal to the number. */
	readonly accountId: string;
	readonly type: ExtensionType;
	readonly firstName: string;
	readonly lastName: string;
	/** YYYY-MM-DD HH:MM:SS */
	readonly dateCreated: string;
}

/** The extension whose account the documented calls are made with. */
export const documentedExtension = { number: '101', accountId: '1106' };

const named: readonly (Omit<Extension, 'dateCreated' | 'accountId'> & { accountId?: string })[] = [
	{ ...documentedExtension, type: 'sip', firstName: 'Anna', lastName: 'Müller-Lüdenscheidt' },
	// Account 1110 as in the documented reply of switchvox.extensions.getInfo.
	{ number: '104', accountId: '1110', type: 'sip', firstName: 'David', lastName: 'Podolsky' },
	{ number: '110', type: 'sip', firstName: 'Tom & Ann', lastName: "O'Neil <Sales>" },
	{ number: '111', type: 'sip', firstName: 'Renée "Ren"', lastName: 'Ørsted' },
	{ number: '120', type: 'virtual', firstName: 'Field', lastName: 'Service' },
	{ number: '207', type: 'sip', firstName: 'Lobby', lastName: 'Phone' },
	{ number: '301', type: 'sip', firstName: 'Tester', lastName: '1' },
	{ number: '700', type: 'call_queue', firstName: 'Support Queue', lastName: '' },
	{ number: '800', type: 'ivr', firstName: 'Main Menu', lastName: '' },
	{ number: '805', type: 'ivr', firstName: 'Account Balance', lastName: '' },
];

/** Three pages of 50: the named ones, and enough others to make 131. */
export const extensions: readonly Extension[] = buildDirectory();

function buildDirectory(): Extension[] {
	const numbers = [...range(101, 160), ...range(200, 234), ...range(301, 333), 700, 800, 805];
	return numbers.map(String).map((number, index) => {
		const known = named.find((one) => one.number === number);
		const day = String(1 + (index % 28)).padStart(2, '0');
		return {
			number,
			type: 'sip',
			firstName: 'User',
			lastName: number,
			dateCreated: `2019-03-${day} 09:15:00`,
			...known,
			accountId: known?.accountId ?? String(1201 + index),
		};
	});
}

function range(first: number, last: number): number[] {
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const typeDisplays: Readonly<Record<ExtensionType, string>> = {
	sip: 'SIP Extension',
	virtual: 'Virtual Extension',
	ivr: 'IVR',
	call_queue: 'Call Queue',
};

export function displayName({ firstName, lastName }: Extension): string {
	return [firstName, lastName].filter((name) => name !== '').join(' ');
}

/** As in the documented replies of extensions.getInfo and users.getMyInfo. */
export function extensionAttributes(extension: Extension): Record<string, string> {
	const person = extension.type === 'sip' || extension.type === 'virtual';
	return {
		number: extension.number,
		status: '1',
		can_dial_from_ivr: '1',
		account_id: extension.accountId,
		display: displayName(extension),
		date_created: extension.dateCreated,
		type: extension.type,
		type_display: typeDisplays[extension.type],
		...(person && {
			first_name: extension.firstName,
			last_name: extension.lastName,
			email_address: `ext${extension.number}@pbx.example`,
			template_id: '1',
			template_name: 'Default',
		}),
	};
}

export function findByAccountId(accountId: string): Extension | undefined {
	return extensions.find((extension) => extension.accountId === accountId);
}

export function findByNumber(number: string): Extension | undefined {
	return extensions.find((extension) => extension.number === number);
}

export function isIvr(number: string): boolean {
	return findByNumber(number)?.type === 'ivr';
}

/** IVR variables defined in the PBX, by name. */
export const ivrVariableIds: ReadonlyMap<string, string> = new Map([
	['balance', '3'],
	['language', '4'],
	['customer_name', '5'],
]);

/** Account 1106's Call API settings, as the documented examples describe them. */
export function applyApiSettings(accountId: string, number: string): string {
	const prefixed = accountId === documentedExtension.accountId && /^\d{10,11}$/.test(number);
	return prefixed ? `9${number}` : number;
}

/**
 * Extension 805 forwards to 800. The documented call to IVR 805 is answered with dialed_second="800";
 * a call rule explains that without giving up the literal reply.
 */
export function applyCallRules(number: string): string {
	return number === '805' ? '800' : number;
}
