import { type JsonValue, member, textOf } from '../shared/wire/text/json';

/**
 * A channel as ARI shows it.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_Data_Models/#channel
 */
export interface Channel {
	readonly id: string;
	readonly name: string;
	readonly state: string | null;
	/** The caller ID that the other side sees. */
	readonly number: string | null;
	readonly callerName: string | null;
	/** Where it is in the dialplan; null outside of it, and in a routine. */
	readonly extension: string | null;
}

/** Undefined if it is not a channel. */
export function channelOf(value: JsonValue | undefined): Channel | undefined {
	const id = textOf(member(value, 'id'));
	const name = textOf(member(value, 'name'));
	if (id === undefined || name === undefined) return undefined;
	const caller = member(value, 'caller');
	const extension = textOf(member(member(value, 'dialplan'), 'exten'));
	return {
		id,
		name,
		state: textOf(member(value, 'state')) ?? null,
		number: textOf(member(caller, 'number')) ?? null,
		callerName: textOf(member(caller, 'name')) ?? null,
		extension: extension === undefined || extension === 's' ? null : extension,
	};
}

/** By its name, PJSIP/101-0000002a is the phone PJSIP/101; Local/101@from-internal-0000002a;1 is the number 101. */
export function phoneOf(name = ''): string | null {
	const [, number] = /^Local\/([^@]+)@/i.exec(name) ?? [];
	const [, phone] = /^(.+)-[0-9a-f]+(?:;\d)?$/i.exec(name) ?? [];
	return number ?? phone ?? null;
}

/** Asterisk writes 2026-11-21T09:30:00.123+0000. */
export function timeOf(value: JsonValue | undefined): string | null {
	const time = new Date((textOf(value) ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
	return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
