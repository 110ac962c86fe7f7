/** For each test of a file: pauses and time-outs end a hundred times sooner, but no sooner than after 20 ms. */
export function shortenPauses(): void {
	const timeout = AbortSignal.timeout.bind(AbortSignal);
	beforeEach(() => {
		jest
			.spyOn(AbortSignal, 'timeout')
			.mockImplementation((milliseconds) => timeout(Math.max(20, Math.ceil(milliseconds / 100))));
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});
}
