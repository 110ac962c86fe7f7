import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import { connect } from '../calling/access';
import {
	type Pushed,
	type Registered,
	type Registration,
	type Subscription,
} from '../calling/contract/events';
import { failedInput, isFailed, type Trouble, troubleTo } from '../calling/contract/outcome';
import type { Vendor } from '../calling/contract/vendor';
import { converse, type Step } from '../wire/exchange/conversation';
import { type Invalid, invalid, isInvalid } from '../wire/text/invalid';
import { maxListCharacters } from '../wire/text/limits';
import { reasonOf } from '../wire/text/values';
import { logOf } from './log';
import { isLocal } from './page';
import { startError } from './startError';
import { checkForm } from './webhook';

/** No phone rings for it, so a phone system answers at once. */
const timeoutSeconds = 20;

/** A vendor that the trigger registers its address with. */
export type Registering = Pushed & Required<Pick<Pushed, 'registration'>>;

/** What n8n asks before it publishes: whether exactly the events of the form come to this address. */
export async function isRegistered(
	context: IHookFunctions,
	vendor: Vendor,
	events: Registering,
): Promise<boolean> {
	const { wanted, address } = readWanted(context, events);
	const open = await openFor(context, vendor, events);
	const { ours, troubles } = await findOurs(open, placesOf(wanted), address);
	throwFirst(context, atPlaces(troubles, wanted));
	return (
		ours.length === wanted.length &&
		wanted.every((one) => ours.some((other) => other.isActive && isSame(one, other)))
	);
}

/** Removes what an earlier publication has left, and registers each event. Nothing of this try is left if one fails. */
export async function register(
	context: IHookFunctions,
	vendor: Vendor,
	events: Registering,
): Promise<true> {
	const { wanted, address } = readWanted(context, events);
	const open = await openFor(context, vendor, events);
	const { registration, ask, log, memory } = open;
	const places = placesOf(wanted);
	const { ours, troubles } = await findOurs(open, places, address);
	throwFirst(context, atPlaces(troubles, wanted));
	if (troubles.length === 0) sayWhatIsMissing(open, ours);
	const left = await removeAll(open, ours);
	throwFirst(context, atPlaces(left, wanted));
	if (isLocal(address)) {
		log('registers an address that works only on this computer. Set WEBHOOK_URL in n8n');
	}
	const elsewhere = [...troubles, ...left].filter(mayHoldOurs).map(({ place }) => place);
	const earlier = elsewhere.length === 0 ? [] : memory.ids;
	const keep = (ids: readonly string[]) => {
		memory.keep([...places, ...elsewhere], [...earlier, ...ids]);
	};
	const ids: string[] = [];
	keep(ids);
	for (const one of wanted) {
		const added = await ask(registration.add(one, noteOf(context)));
		if (added.kind === 'explanation') {
			await removeLeftovers(open, address, places);
			throw startError(context.getNode(), troubleTo('listens', added));
		}
		ids.push(added.id);
	}
	keep(ids);
	return true;
}

/** Removes what this trigger has registered. It never throws: what is left does not keep n8n from unpublishing. */
export async function unregister(
	context: IHookFunctions,
	vendor: Vendor,
	events: Registering,
): Promise<boolean> {
	try {
		const open = await openFor(context, vendor, events);
		const wanted = readForm(context, events);
		const places = isInvalid(wanted) ? [] : placesOf(wanted);
		return await removeLeftovers(open, addressOf(context), places);
	} catch (error) {
		logOf(context, vendor).warn(`could not remove its events (${reasonOf(error)})`);
		return false;
	}
}

/** Whether nothing is left. What could not be removed is remembered, and removed at the next publication. */
async function removeLeftovers(
	open: Open,
	address: string,
	places: readonly string[],
): Promise<boolean> {
	const { ours, troubles } = await findOurs(open, places, address);
	const left = [...troubles, ...(await removeAll(open, ours))].filter(mayHoldOurs);
	const reasons = new Set(left.map(({ trouble }) => trouble.what));
	for (const reason of reasons) open.log(`could not remove all of its events: ${reason}`);
	if (left.length === 0) sayWhatIsMissing(open, ours);
	open.memory.keep(
		left.map(({ place }) => place),
		open.memory.ids,
	);
	return left.length === 0;
}

/** Somebody may have deleted them; or else they are at another phone system or user, and only a person can find them there. */
function sayWhatIsMissing({ memory, log }: Open, found: readonly Registered[]): void {
	const missing = memory.ids.filter((id) => !found.some((one) => one.id === id)).length;
	if (missing === 0) return;
	log(
		`did not find ${missing} of the events that it had registered. If its credential was changed, delete them by hand in the phone system that the credential led to before`,
	);
}

interface Open {
	readonly registration: Registration;
	readonly memory: Memory;
	ask<Result extends object>(step: Step<Result | Trouble>): Promise<Result | Trouble>;
	/** Writes a warning. */
	log(what: string): void;
}

async function openFor(
	context: IHookFunctions,
	vendor: Vendor,
	{ registration }: Registering,
): Promise<Open> {
	const connection = await connect(context, vendor, 'listens');
	if (isFailed(connection)) throw startError(context.getNode(), connection);
	return {
		registration,
		memory: memoryOf(context),
		ask: async (step) =>
			await converse(
				step,
				async (request) => await connection.send(request, timeoutSeconds, maxListCharacters),
			),
		log: logOf(context, vendor).warn,
	};
}

interface PlaceTrouble {
	readonly place: string;
	readonly trouble: Trouble;
}

/**
 * What comes to our address, in these places and in those of earlier publications. An event of an earlier publication is
 * ours, too, if n8n had another address then.
 */
async function findOurs(
	{ registration, memory, ask }: Open,
	places: readonly string[],
	address: string,
): Promise<{ readonly ours: readonly Registered[]; readonly troubles: readonly PlaceTrouble[] }> {
	const ours: Registered[] = [];
	const all = [...new Set([...places, ...memory.places])].map((place) => ({ place }));
	const troubles = await inTurn(all, async ({ place }) => {
		const listed = await ask(registration.list(place));
		if (listed.kind === 'explanation') return listed;
		ours.push(...listed.all.filter((one) => isOurs(one, address, memory.ids)));
		return undefined;
	});
	return { ours, troubles };
}

/** Runs it for each, and returns what went wrong where. After a request without a response, no more are sent. */
async function inTurn<One extends { readonly place: string }>(
	all: readonly One[],
	run: (one: One) => Promise<Trouble | undefined>,
): Promise<readonly PlaceTrouble[]> {
	const troubles: PlaceTrouble[] = [];
	let silence: Trouble | undefined;
	for (const one of all) {
		const trouble = silence ?? (await run(one));
		if (trouble === undefined) continue;
		if (trouble.httpStatus === null) silence = trouble;
		troubles.push({ place: one.place, trouble });
	}
	return troubles;
}

function isOurs({ url, id }: Registered, address: string, ids: readonly string[]): boolean {
	const [target = ''] = url.split('?', 1);
	return target === address || (ids.includes(id) && endOf(target) === endOf(address));
}

/** The part of an address that has the ID of the node's webhook. */
function endOf(address: string): string {
	return address.split('/').slice(-2).join('/');
}

async function removeAll(
	{ registration, ask }: Open,
	ours: readonly Registered[],
): Promise<readonly PlaceTrouble[]> {
	return await inTurn(ours, async (one) => {
		const removed = await ask(registration.remove(one));
		return removed.kind === 'explanation' ? removed : undefined;
	});
}

function isSame(one: Subscription, other: Subscription): boolean {
	return one.place === other.place && one.type === other.type && one.url === other.url;
}

function placesOf(all: readonly Subscription[]): readonly string[] {
	return [...new Set(all.map(({ place }) => place))];
}

/** Where the phone system knows no such place, nothing of ours can be left. */
function mayHoldOurs({ trouble }: PlaceTrouble): boolean {
	return trouble.reason !== 'vendor_refused';
}

/** A place that only an earlier publication had does not count: its extension may be gone. */
function atPlaces(
	troubles: readonly PlaceTrouble[],
	wanted: readonly Subscription[],
): readonly PlaceTrouble[] {
	return troubles.filter(({ place }) => placesOf(wanted).includes(place));
}

function throwFirst(context: IHookFunctions, [first]: readonly PlaceTrouble[]): void {
	if (first === undefined) return;
	throw startError(context.getNode(), troubleTo('listens', first.trouble));
}

function readWanted(
	context: IHookFunctions,
	events: Registering,
): { readonly wanted: readonly Subscription[]; readonly address: string } {
	checkForm(context);
	const wanted = readForm(context, events);
	if (!isInvalid(wanted)) return { wanted, address: addressOf(context) };
	const failure = failedInput(wanted, 'Correct the value.', 'listens');
	throw startError(context.getNode(), failure);
}

function readForm(
	context: IHookFunctions,
	{ fields, names, registration }: Registering,
): readonly Subscription[] | Invalid {
	const form = Object.fromEntries(
		fields.map(({ name, default: fallback }) => [name, context.getNodeParameter(name, fallback)]),
	);
	const entered: unknown = context.getNodeParameter('events', names);
	const chosen = names.filter((name) => Array.isArray(entered) && entered.includes(name));
	return chosen.length === 0
		? invalid('Events has no event that can be registered. Choose at least one.')
		: registration.read(form, chosen, addressOf(context));
}

function addressOf(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

/** A person who reads the list of a phone system should know where its entries come from. */
function noteOf(context: IHookFunctions): string {
	return `n8n: ${context.getWorkflow().name ?? context.getNode().name}`.slice(0, 60);
}

/** What earlier publications have registered, as n8n keeps it with the workflow. */
interface Memory {
	/** Where there may be something of ours. */
	readonly places: readonly string[];
	readonly ids: readonly string[];
	keep(places: readonly string[], ids: readonly string[]): void;
}

function memoryOf(context: IHookFunctions): Memory {
	const data = context.getWorkflowStaticData('node');
	return {
		get places() {
			return textsIn(data.places);
		},
		get ids() {
			return textsIn(data.ids);
		},
		keep(places, ids) {
			data.places = [...new Set(places)];
			data.ids = places.length === 0 ? [] : [...ids];
		},
	};
}

function textsIn(value: IDataObject[string]): readonly string[] {
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
