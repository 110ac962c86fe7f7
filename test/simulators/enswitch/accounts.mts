/** What a role may allow; the documents of the functions name those that they need. */
export type Privilege =
	| 'actions'
	| 'administrator'
	| 'callshop'
	| 'cdrs'
	| 'panel'
	| 'residential'
	| 'telephone line reports'
	| 'user';

/** A person of the web interface. */
export interface Account {
	readonly username: string;
	readonly password: string;
	readonly privileges: readonly Privilege[];
	/** Customer id. */
	readonly customer: number;
	/** Names of the telephone lines that the person may use; default: any. */
	readonly lines?: readonly string[];
	/** Default true. false: every call of this customer is refused. */
	readonly ratePlanAllows?: boolean;
}

/** Test values, valid only for a simulator. */
export const defaultAccounts = {
	/** May place calls, see them live and in the records, and hang them up. */
	agent: {
		username: 'agent',
		password: 'test-password-agent & "más"',
		privileges: ['actions', 'user', 'cdrs'],
		customer: 42,
	},
	/** May place calls, see them live and hang them up, and see no records. */
	noRecords: {
		username: 'no-records',
		password: 'test-password-no-records',
		privileges: ['actions', 'user'],
		customer: 42,
	},
	/** May place calls, hang them up and see the records, and sees no live calls. */
	noLive: {
		username: 'no-live',
		password: 'test-password-no-live',
		privileges: ['actions', 'cdrs'],
		customer: 42,
	},
	/** May see calls live and in the records, and neither place them nor hang them up. */
	watcher: {
		username: 'watcher',
		password: 'test-password-watcher',
		privileges: ['telephone line reports', 'cdrs'],
		customer: 42,
	},
	/** May do all that the agent may, with one telephone line. */
	oneLine: {
		username: 'one-line',
		password: 'test-password-one-line',
		privileges: ['actions', 'user', 'cdrs'],
		customer: 42,
		lines: ['1234570'],
	},
	/** Of another customer: sees and hangs up none of the calls of the others. */
	stranger: {
		username: 'stranger',
		password: 'test-password-stranger',
		privileges: ['actions', 'user', 'cdrs'],
		customer: 43,
	},
	administrator: {
		username: 'administrator',
		password: 'test-password-administrator',
		privileges: ['actions', 'administrator', 'user', 'cdrs'],
		customer: 42,
	},
	/** May neither place calls nor read anything. */
	guest: {
		username: 'guest',
		password: 'test-password-guest',
		privileges: [],
		customer: 42,
	},
	/** May place calls and hang them up, and nothing else. */
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
