/** What a role may allow; the documents of the functions name those that they need. */
export type Privilege = 'actions' | 'panel' | 'user' | 'residential';

/** A person of the web interface. */
export interface Account {
	readonly username: string;
	readonly password: string;
	readonly privileges: readonly Privilege[];
	/** Customer id. */
	readonly customer: number;
	/** Default true. false: every call of this customer is refused. */
	readonly ratePlanAllows?: boolean;
}

/** Test values, valid only for a simulator. */
export const defaultAccounts = {
	agent: {
		username: 'agent',
		password: 'test-password-agent & "más"',
		privileges: ['actions', 'user'],
		customer: 42,
	},
	/** May neither place calls nor read anything. */
	guest: {
		username: 'guest',
		password: 'test-password-guest',
		privileges: [],
		customer: 42,
	},
	/** May place calls, and nothing else. */
	panel: {
		username: 'panel',
		password: 'test-password-panel',
		privileges: ['panel'],
		customer: 42,
	},
	unpaid: {
		username: 'unpaid',
		password: 'test-password-unpaid',
		privileges: ['actions', 'user'],
		customer: 43,
		ratePlanAllows: false,
	},
} as const satisfies Record<string, Account>;
