import { createFaultPlan } from './fault.mts';

function affected(plan: ReturnType<typeof createFaultPlan>, requests: number) {
	return Array.from({ length: requests }, () => plan.take('calls') !== null);
}

test('a fault hits until it is cleared', () => {
	const plan = createFaultPlan();
	expect(affected(plan, 1)).toEqual([false]);
	plan.set('cut');
	expect(affected(plan, 3)).toEqual([true, true, true]);
	plan.set(null);
	expect(affected(plan, 1)).toEqual([false]);
});

test('a fault lets requests through first, then hits so many times', () => {
	const plan = createFaultPlan();
	plan.set('cut', { after: 1, times: 2 });
	expect(affected(plan, 5)).toEqual([false, true, true, false, false]);
});

test('a fault that is set again counts from the start', () => {
	const plan = createFaultPlan();
	plan.set('cut', { times: 1 });
	expect(affected(plan, 2)).toEqual([true, false]);
	plan.set('hang', { times: 1 });
	expect(plan.take('calls')).toBe('hang');
});

test('a fault hits only requests that contain its text, and counts only those', () => {
	const plan = createFaultPlan();
	plan.set('cut', { holding: '<dial_first>603<', times: 1 });
	expect(plan.take('calls', Buffer.from('<dial_first>101</dial_first>'))).toBeNull();
	expect(plan.take('calls', Buffer.from('<dial_first>603</dial_first>'))).toBe('cut');
	expect(plan.take('calls', Buffer.from('<dial_first>603</dial_first>'))).toBeNull();
	plan.set('cut');
	expect(plan.take('calls', Buffer.from('<dial_first>101</dial_first>'))).toBe('cut');
});

test('a fault hits only where it should, and counts only there', () => {
	const plan = createFaultPlan();
	plan.set('cut', { where: 'any', times: 1 });
	expect(plan.take('calls')).toBeNull();
	expect(plan.take('any')).toBe('cut');
	expect(plan.take('any')).toBeNull();
});

test('one fault can come before the one that is set, once', () => {
	const plan = createFaultPlan();
	const struck = jest.fn();
	plan.set('cut');
	plan.set('cutAfterRinging', { next: true, struck });
	expect(plan.take('follow')).toBeNull();
	expect(struck).not.toHaveBeenCalled();
	expect([plan.take('calls'), plan.take('calls')]).toEqual(['cutAfterRinging', 'cut']);
	expect(struck).toHaveBeenCalledTimes(1);
	plan.set('cutAfterRinging', { next: true });
	plan.set(null, { next: true });
	expect(plan.take('calls')).toBe('cut');
	plan.set('cutAfterRinging', { next: true });
	plan.set(null);
	expect(plan.take('calls')).toBeNull();
});
