import { createClock, createHandClock } from './clock.mts';

describe('a clock that is turned by hand', () => {
	test('runs what is due, in order, each at its own moment', () => {
		const clock = createHandClock(1000);
		const ran: [string, number][] = [];
		const note = (what: string) => () => {
			ran.push([what, clock.seconds()]);
		};
		clock.after(2, note('second'));
		clock.after(1, () => {
			note('first')();
			clock.after(0.5, note('made by the first'));
			clock.after(10, note('too late'));
		});
		clock.after(2, note('third'));
		clock.turn(0.9);
		expect(ran).toEqual([]);
		clock.turn(2);
		expect(ran).toEqual([
			['first', 1],
			['made by the first', 1.5],
			['second', 2],
			['third', 2],
		]);
		expect([clock.seconds(), clock.date()]).toEqual([2.9, 3900]);
	});

	test('does not run what was canceled, nor what was cleared', () => {
		const clock = createHandClock();
		let ran = 0;
		const count = () => {
			ran += 1;
		};
		const cancel = clock.after(1, count);
		clock.after(1, count);
		cancel();
		cancel();
		clock.turn(1);
		expect(ran).toBe(1);
		clock.after(1, count);
		clock.clear();
		clock.turn(5);
		expect(ran).toBe(1);
	});

	test('keeps the order of many, whatever was canceled between them', () => {
		const clock = createHandClock();
		const ran: number[] = [];
		// 997 is prime: every number from 0 to 996 comes once, in no order.
		const numbers = Array.from({ length: 997 }, (_, index) => (index * 619) % 997);
		const cancels = numbers.map((number) =>
			clock.after(Math.floor(number / 2), () => {
				ran.push(number);
			}),
		);
		numbers.forEach((number, index) => {
			if (number % 3 === 0) cancels[index]?.();
		});
		clock.turn(250);
		clock.turn(250);
		const moments = ran.map((number) => Math.floor(number / 2));
		expect(moments).toEqual([...moments].sort((a, b) => a - b));
		const left = Array.from({ length: 997 }, (_, index) => index).filter((one) => one % 3 > 0);
		expect([...ran].sort((a, b) => a - b)).toEqual(left);
	});

	test('never runs what is due after all time', () => {
		const clock = createHandClock();
		expect(() => {
			clock.after(Infinity, () => {
				throw new Error('it ran');
			});
			clock.turn(1e12);
		}).not.toThrow();
	});
});

describe('a clock of real time', () => {
	test.each([0, 1])('runs in order, with %i ms in a second', async (secondMs) => {
		const clock = createClock(secondMs);
		const ran: string[] = [];
		await new Promise<void>((resolve) => {
			clock.after(20, () => {
				ran.push(`c at ${String(Math.round(clock.seconds()))}`);
				resolve();
			});
			clock.after(10, () => {
				ran.push('b');
			});
			clock.after(5, () => {
				ran.push('a');
			});
			clock.after(7, () => {
				ran.push('canceled');
			})();
		});
		expect(ran).toEqual(['a', 'b', 'c at 20']);
	});

	test('does not keep the process alive', () => {
		const timers = () =>
			process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
		const before = timers();
		const clock = createClock(1000);
		clock.after(3600, () => undefined);
		const after = timers();
		clock.clear();
		expect(after).toBe(before);
	});

	test('never runs anything before the caller goes on', async () => {
		const clock = createClock(1000);
		let ran = false;
		const done = new Promise<void>((resolve) => {
			clock.after(0, () => {
				ran = true;
				resolve();
			});
		});
		expect(ran).toBe(false);
		await done;
	});
});
