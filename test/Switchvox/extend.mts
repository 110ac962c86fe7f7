/** Requests and replies of the Extend API as the exchanges have them. */

export const asks = (method: string, parameters = '') => ({
	method: 'POST' as const,
	path: '/xml',
	body: `<?xml version="1.0" encoding="UTF-8"?><request method="${method}"><parameters>${parameters}</parameters></request>`,
});

/** At this moment, unless the reply is dated otherwise. */
export const replies = (body: string, date = 'Sat, 21 Nov 2026 09:31:00 GMT') => ({
	status: 200,
	headers: { 'content-type': 'application/xml', date },
	body,
});

/** The current calls. */
export const current = (...calls: readonly string[]) => ({
	request: asks('switchvox.currentCalls.getList'),
	response: replies(
		`<response method="switchvox.currentCalls.getList"><result><current_calls total_items="${String(calls.length)}">${calls.join('')}</current_calls></result></response>`,
	),
});

/** The clock, five hours behind UTC unless it shows another time. */
export const clock = (time = '2026-11-21 04:31:00') => ({
	request: asks('switchvox.systemClock.getInfo'),
	response: replies(
		`<response method="switchvox.systemClock.getInfo"><result><system current_time="${time}"/></result></response>`,
	),
});

/** The call logs from a minute before a call to a minute and a half after it, unless other parameters say otherwise. */
export const logs = (
	calls: readonly string[],
	{
		method = 'switchvox.callLogs.search',
		span = ['2026-11-21 04:29:00', '2026-11-21 04:31:30'],
		account = '',
		page = 1,
		pages = 1,
	} = {},
) => ({
	request: asks(
		method,
		`<start_date>${span[0] ?? ''}</start_date><end_date>${span[1] ?? ''}</end_date>${account}<items_per_page>500</items_per_page><page_number>${String(page)}</page_number>`,
	),
	response: replies(
		`<response method="${method}"><result><calls page_number="${String(page)}" total_pages="${String(pages)}" items_per_page="500" total_items="${String(calls.length)}">${calls.join('')}</calls></result></response>`,
	),
});

export const refuses = (method: string, code: number, message: string) => ({
	request: asks(method),
	response: replies(
		`<response method="${method}"><errors><error code="${String(code)}" message="${message}" /></errors></response>`,
	),
});

export const denies = (method: string) =>
	refuses(method, 27168, 'Your account is not permitted to run this action.');
