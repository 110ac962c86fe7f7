import { documentedExtension } from './directory.mts';

/** `admin` logs in by name and uses the admin methods, `user` by extension and uses switchvox.users.*. */
export type AccountKind = 'admin' | 'user';

export type Account =
	| {
			readonly kind: 'admin';
			readonly username: string;
			readonly password: string;
			/** The right "Manage Extensions"; switchvox.call needs `readWrite`. */
			readonly manageExtensions: 'readWrite' | 'readOnly';
			/** Methods that its access level does not have; which level has which is not documented. */
			readonly denied?: readonly string[];
	  }
	| {
			readonly kind: 'user';
			/** The extension's number. */
			readonly username: string;
			readonly password: string;
			readonly accountId: string;
	  };

/** Test values, valid only for a simulator. */
export const defaultAccounts = {
	admin: {
		kind: 'admin',
		username: 'admin',
		password: 'test-password-admin',
		manageExtensions: 'readWrite',
	},
	readonly: {
		kind: 'admin',
		username: 'readonly',
		password: 'test-password-readonly',
		manageExtensions: 'readOnly',
	},
	/** May place calls, and not see or end them. */
	blind: {
		kind: 'admin',
		username: 'blind',
		password: 'test-password-blind',
		manageExtensions: 'readWrite',
		denied: [
			'switchvox.currentCalls.getList',
			'switchvox.currentCalls.hangUp',
			'switchvox.callLogs.search',
		],
	},
	user: {
		kind: 'user',
		username: documentedExtension.number,
		password: 'test-password-101',
		accountId: documentedExtension.accountId,
	},
} as const satisfies Record<string, Account>;
