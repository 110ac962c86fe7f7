/** Simulated time. Timers run in order, and each sees exactly the moment at which it was due. */
export interface Clock {
	/** Milliseconds since 1970, for what a call is dated with. */
	date(): number;
	/** Simulated seconds since the clock was made. */
	seconds(): number;
	/** Runs it once, never before this function returns. Returns a function that cancels it. */
	after(seconds: number, run: () => void): () => void;
	/** Cancels all timers. */
	clear(): void;
}

/** A clock that stands still until it is turned. */
export interface HandClock extends Clock {
	/** Runs the timers that are due until then, including those that they start. */
	turn(seconds: number): void;
}

/** Passes as real time does, scaled: with 0 real milliseconds in a second, whatever is due comes at once. */
export function createClock(secondMs: number): Clock {
	const origin = performance.now();
	const agenda = createAgenda();
	let timer: NodeJS.Timeout | undefined;
	let timerDue = Infinity;

	const elapsed = () =>
		secondMs > 0 ? Math.max((performance.now() - origin) / secondMs, agenda.now) : agenda.now;
	const wake = () => {
		timer = undefined;
		timerDue = Infinity;
		agenda.runUntil(secondMs > 0 ? elapsed() : agenda.next());
		wait();
	};
	const wait = () => {
		const due = agenda.next();
		if (due === Infinity || due >= timerDue) return;
		clearTimeout(timer);
		timerDue = due;
		timer = setTimeout(wake, Math.min(Math.max((due - elapsed()) * secondMs, 0), longestMs));
		timer.unref();
	};
	return {
		date: () => Date.now(),
		seconds: () => (agenda.isRunning ? agenda.now : elapsed()),
		after: (seconds, run) => {
			const from = agenda.isRunning ? agenda.now : elapsed();
			const cancel = agenda.add(from + seconds, run);
			if (!agenda.isRunning) wait();
			return cancel;
		},
		clear: () => {
			clearTimeout(timer);
			timer = undefined;
			timerDue = Infinity;
			agenda.clear();
		},
	};
}

export function createHandClock(startDate = Date.UTC(2026, 10, 21, 12)): HandClock {
	const agenda = createAgenda();
	return {
		date: () => startDate + agenda.now * 1000,
		seconds: () => agenda.now,
		after: (seconds, run) => agenda.add(agenda.now + seconds, run),
		clear: agenda.clear,
		turn: (seconds) => {
			agenda.runUntil(agenda.now + seconds);
		},
	};
}

/** What a timer can wait. */
const longestMs = 2 ** 31 - 1;

interface Due {
	readonly at: number;
	/** Timers that are due at the same moment run in the order in which they were added. */
	readonly order: number;
	/** Undefined: canceled. */
	run: (() => void) | undefined;
}

function createAgenda() {
	const heap = createHeap();
	let now = 0;
	let added = 0;
	let isRunning = false;

	const next = (): Due | undefined => {
		let due = heap.first();
		while (due !== undefined && due.run === undefined) {
			heap.removeFirst();
			due = heap.first();
		}
		return due;
	};
	return {
		get now() {
			return now;
		},
		get isRunning() {
			return isRunning;
		},
		next: () => next()?.at ?? Infinity,
		add: (at: number, run: () => void) => {
			if (at === Infinity) return () => undefined;
			const due: Due = { at, order: added++, run };
			heap.add(due);
			return () => {
				due.run = undefined;
			};
		},
		runUntil: (until: number) => {
			isRunning = true;
			try {
				for (let due = next(); due !== undefined && due.at <= until; due = next()) {
					heap.removeFirst();
					now = Math.max(now, due.at);
					due.run?.();
				}
			} finally {
				isRunning = false;
			}
			if (until !== Infinity) now = Math.max(now, until);
		},
		clear: heap.clear,
	};
}

/** Ten thousand calls at once are many entries: a sorted array would be slow. */
function createHeap() {
	const entries: Due[] = [];
	const isBefore = (one: Due, other: Due) =>
		one.at < other.at || (one.at === other.at && one.order < other.order);

	const rise = (due: Due) => {
		let place = entries.length;
		while (place > 0) {
			const above = (place - 1) >> 1;
			const parent = entries[above] as Due;
			if (isBefore(parent, due)) break;
			entries[place] = parent;
			place = above;
		}
		entries[place] = due;
	};
	const sink = (due: Due) => {
		let place = 0;
		for (;;) {
			const left = 2 * place + 1;
			const [one, other] = [entries[left], entries[left + 1]];
			if (one === undefined) break;
			const isRight = other !== undefined && isBefore(other, one);
			const child = isRight ? other : one;
			if (isBefore(due, child)) break;
			entries[place] = child;
			place = isRight ? left + 1 : left;
		}
		entries[place] = due;
	};
	return {
		first: () => entries[0],
		add: rise,
		removeFirst: () => {
			const last = entries.pop();
			if (last !== undefined && entries.length > 0) sink(last);
		},
		clear: () => {
			entries.length = 0;
		},
	};
}
