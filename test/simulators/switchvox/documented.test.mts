import { xmlTree } from '../client.mts';
import { defaultAccounts } from '../switchvox.mts';
import type { PartyBehaviour } from '../switchvox.mts';
import { setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeAll(async () => {
	setup = await setUp();
});
beforeEach(() => {
	setup.pbx.reset();
});
afterAll(() => setup.close());

interface Exchange {
	readonly request: string;
	readonly response: string;
	readonly as?: keyof typeof defaultAccounts;
	readonly party?: readonly [string, PartyBehaviour];
	readonly rings: readonly string[];
}

// Literal copies, except for the phones that ring, which the documents describe in words.

// http://developers.digium.com/switchvox/wiki/index.php/CallCreation_examples
const callCreationExamples: Record<string, Exchange> = {
	'Extension to Extension': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>101</dial_first> <dial_second>301</dial_second> <dial_as_account_id>1106</dial_as_account_id> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <result> <call_info dialed_first="101" dialed_second="301" > <variables></variables> </call_info> </result> </response>',
		rings: ['101', '301'],
	},
	'Extension to External Number': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>101</dial_first> <dial_second>15554578299</dial_second> <dial_as_account_id>1106</dial_as_account_id> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <result> <call_info dialed_first="101" dialed_second="915554578299" > <variables> </variables> </call_info> </result> </response>',
		rings: ['101', '915554578299'],
	},
	'Extension to External Number (setting caller ID)': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>101</dial_first> <dial_second>915554578299</dial_second> <dial_as_account_id>1106</dial_as_account_id> <caller_id_name>Autodialer</caller_id_name> <ignore_user_api_settings>1</ignore_user_api_settings> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <result> <call_info dialed_first="101" dialed_second="915554578299" > <variables></variables> </call_info> </result> </response>',
		rings: ['101', '915554578299'],
	},
	'External Number to External Number': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>15557549928</dial_first> <dial_second>15554578299</dial_second> <dial_as_account_id>1106</dial_as_account_id> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <result> <call_info dialed_first="915557549928" dialed_second="915554578299" > <variables></variables> </call_info> </result> </response>',
		rings: ['915557549928', '915554578299'],
	},
	'External Number to IVR (set IVR variables)': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>15554578299</dial_first> <dial_second>805</dial_second> <dial_as_account_id>1106</dial_as_account_id> <variables> <variable>balance=450</variable> </variables> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <result> <call_info dialed_first="915554578299" dialed_second="800" > <variables> <ivr_variable id="3" name="balance" status="exists" /> </variables> </call_info> </result> </response>',
		rings: ['915554578299', '800'],
	},
	'Example User Requests and Responses': {
		as: 'user',
		request:
			'<request method="switchvox.users.call"> <parameters> <account_id>1106</account_id> <dial_first>101</dial_first> <dial_second>800</dial_second> </parameters> </request>',
		response:
			'<response method="switchvox.users.call"> <result> <call_info dialed_first="101" dialed_second="800" > <variables> </variables> </call_info> </result> </response>',
		rings: ['101', '800'],
	},
	'Invalid Numbers': {
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>abc</dial_first> <dial_second>def</dial_second> <dial_as_account_id>1106</dial_as_account_id> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <errors> <error code="54222" message="Invalid phone number or extension for parameter dial_second. Number must only contain digits,*,or #." /> <error code="54222" message="Invalid phone number or extension for parameter dial_first. Number must only contain digits,*,or #." /> </errors> </response>',
		rings: [],
	},
	'Dial First Never Picks Up': {
		party: ['301', 'never'],
		request:
			'<request method="switchvox.call"> <parameters> <dial_first>301</dial_first> <dial_second>800</dial_second> <dial_as_account_id>1106</dial_as_account_id> <timeout>10</timeout> </parameters> </request>',
		response:
			'<response method="switchvox.call"> <errors> <error code="41591" message="Your call failed to connect (Originate failed)." /> </errors> </response>',
		rings: ['301'],
	},
};

// https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31261148/switchvox.users.call
const usersCallExample: Record<string, Exchange> = {
	'switchvox.users.call, Example One': {
		as: 'user',
		request:
			'<request method="switchvox.users.call"> <parameters> <account_id>1106</account_id> <dial_first>301</dial_first> <dial_second>800</dial_second> <variables> <variable>balance=300</variable> </variables> </parameters> </request>',
		response:
			'<response method="switchvox.users.call"> <result> <call_info dialed_first="301" dialed_second="800" > <variables> <ivr_variable id="3" name="balance" status="exists" /> </variables> </call_info> </result> </response>',
		rings: ['301', '800'],
	},
};

// "Error Code Formatting", https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/30999638
const errorFormatting: Record<string, Exchange> = {
	'Error Code Formatting': {
		request:
			'<request method="switchvox.extensions.getInfo"><parameters><extensions><extension>asdf</extension></extensions></parameters></request>',
		response:
			'<response method="switchvox.extensions.getInfo"><errors> <error code="10010" message="Invalid extension (asdf). Extensions may only contain digits or *." /> </errors></response>',
		rings: [],
	},
};

const exchanges = { ...callCreationExamples, ...usersCallExample, ...errorFormatting };

test.each(Object.entries(exchanges))('%s', async (_, exchange) => {
	const { pbx, post } = setup;
	if (exchange.party) pbx.setParty(...exchange.party);
	const reply = await post(exchange.request, defaultAccounts[exchange.as ?? 'admin']);
	expect(reply.status).toBe(200);
	expect(reply.headers['content-type']).toBe('application/xml');
	expect(xmlTree(reply.body)).toEqual(xmlTree(exchange.response));
	expect(pbx.rings.map(({ number }) => number)).toEqual(exchange.rings);
});
