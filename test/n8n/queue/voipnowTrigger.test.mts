/** VoipNow Trigger in n8n's queue mode: main registers it and receives its events, workers run the workflow. */
import { logIn } from '../client.mts';
import { owner } from '../server.mts';
import { openTrigger } from '../trigger.mts';
import { setUpVoipNow } from '../voipnowSetup.mts';
import type { VoipNowSetup } from '../voipnowSetup.mts';
import { startFleet } from './fleet.mts';
import type { Fleet } from './fleet.mts';

jest.setTimeout(600_000);

let fleet: Fleet;
let setup: VoipNowSetup;

beforeAll(async () => {
	fleet = await startFleet({ installPackage: String(process.env.PACKAGE_UNDER_TEST) });
});

afterAll(async () => {
	await fleet.stop();
	await setup.pbx.close();
});

test('published, ten calls at once with every event twice, unpublished: none lost, none twice, nothing left', async () => {
	const client = await logIn(fleet.url, owner);
	setup = await setUpVoipNow(client, { secondMs: 200, talkSeconds: 5 });
	const { pbx, stored } = setup;
	const extensions = Array.from({ length: 10 }, (_, index) => `0003*${String(400 + index)}`);
	const foreign = pbx.events.enter({
		extension: '0003*400',
		type: '2',
		url: 'http://127.0.0.1:9/crm',
	});
	const trigger = await openTrigger(client, {
		type: 'voipNowTrigger',
		parameters: {
			userId: '@me',
			extensions: extensions.join(', '),
			events: ['ringing', 'outgoing', 'answered', 'ended'],
			options: {},
		},
		credentials: { voipNowOAuth2Api: stored },
	});
	await trigger.publish();
	expect(pbx.events.all).toHaveLength(51);
	pbx.pushAs({ twice: true });
	const calls = extensions.map((extension) => {
		pbx.setParty(extension, { answersAfterSeconds: 3 });
		return pbx.ring({ from: '12025550123', extensions: [extension] });
	});
	await Promise.all(calls.map((id) => pbx.live.until(id, ({ phase }) => phase === 'ended')));
	await pbx.pushed();
	expect(pbx.sent.filter(({ status }) => status === 200)).toHaveLength(60);
	const items = await trigger.items(30);
	const counts = new Map<unknown, number>();
	for (const { event, legId } of items) {
		const key = `${String(event)} ${String(legId).split('/')[1] ?? ''}`;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	const expected = extensions.flatMap((extension) =>
		['ringing', 'answered', 'ended'].map((event) => [`${event} ${extension}`, 1] as const),
	);
	expect(counts).toEqual(new Map(expected));
	const ran = await Promise.all(
		(await client.executionsOf(trigger.workflowId)).map((id) => fleet.workerOf(id)),
	);
	expect(ran).not.toContain(undefined);

	await trigger.unpublish();
	expect(pbx.events.all.map(({ id }) => id)).toEqual([foreign]);
});
