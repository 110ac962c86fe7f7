/** Shows the wall as the server sends it, and sends what people do. What stands on the page stays, so that nobody loses the focus. */

const doing = {
	byHand: ['By hand', 'It rings until you pick up'],
	answers: ['Automatic', 'It picks up by itself'],
	busy: ['Busy', 'It says that it is busy, and does not ring'],
	offline: ['Offline', 'No phone is there'],
};

const does = {
	ringing: 'Ringing',
	waiting: 'Waiting',
	talking: 'Talking',
};

const byId = (id) => document.getElementById(id);
const made = (id) => byId(id).content.firstElementChild.cloneNode(true);

async function send(action) {
	const answer = await fetch('/actions', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(action),
	}).catch(() => undefined);
	if (answer?.status === 409) announce('Too late: that call has moved on.');
}

/** Screen readers hear it. */
function announce(text) {
	byId('announcer').textContent = text;
}

/** Makes the children of a place those of these entries, each made once. */
function keep(place, entries, keyOf, make, update) {
	const known = new Map([...place.children].map((child) => [child.dataset.key, child]));
	let before = null;
	for (const entry of entries) {
		const key = keyOf(entry);
		const child = known.get(key) ?? make(entry);
		known.delete(key);
		child.dataset.key = key;
		const next = before === null ? place.firstElementChild : before.nextElementSibling;
		if (child !== next) place.insertBefore(child, next);
		update(child, entry);
		before = child;
	}
	for (const gone of known.values()) gone.remove();
}

function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

/** One choice of several: radio buttons, which arrow keys move through. */
function choice(fieldset, name, values, chosen) {
	for (const value of values) {
		const label = document.createElement('label');
		const input = document.createElement('input');
		const [text, explained] = doing[value];
		input.type = 'radio';
		input.name = name;
		input.value = value;
		input.addEventListener('change', () => chosen(value));
		label.title = explained;
		label.append(input, text);
		fieldset.append(label);
	}
}

function choose(fieldset, value) {
	for (const input of fieldset.querySelectorAll('input')) input.checked = input.value === value;
}

/* A phone */

const anchorOf = (system, number) => `phone-${system.id}-${number}`;

function makePhone(system, { number }) {
	const phone = made('phone');
	phone.id = anchorOf(system, number);
	phone.tabIndex = -1;
	phone.querySelector('h3').textContent = number;
	phone.setAttribute('aria-label', `${system.name}, phone ${number}`);
	const fieldset = phone.querySelector('fieldset');
	const legend = document.createElement('legend');
	legend.className = 'only-heard';
	legend.textContent = `What phone ${number} does`;
	fieldset.append(legend);
	choice(fieldset, `${phone.id}-does`, Object.keys(doing), (value) =>
		send({ kind: 'set', system: system.id, number, does: value }),
	);
	return phone;
}

function updatePhone(system, phone, { number, does: manner, lines }) {
	phone.classList.toggle('ringing', lines.some(isRinging));
	phone.classList.toggle('talking', lines.length > 0 && !lines.some(isRinging));
	choose(phone.querySelector('fieldset'), manner);
	const place = phone.querySelector('.lines');
	const hadFocus = place.contains(document.activeElement);
	keep(
		place,
		lines,
		({ call, party }) => `${party} ${call}`,
		(line) => makeLine(system, number, line),
		updateLine,
	);
	if (hadFocus && !place.contains(visibleFocus())) {
		(place.querySelector('button:not([hidden])') ?? phone).focus({ preventScroll: true });
	}
}

/** The element that has the focus, unless it is hidden by now. */
function visibleFocus() {
	const { activeElement } = document;
	return activeElement?.hidden ? null : activeElement;
}

function isRinging({ state }) {
	return state === 'ringing';
}

function makeLine(system, number, { call, party }) {
	const line = made('line');
	for (const button of line.querySelectorAll('button')) {
		button.addEventListener('click', () =>
			send({ kind: button.dataset.kind, system: system.id, call, party, number }),
		);
	}
	return line;
}

function updateLine(line, { state, callerId, other, party, since }) {
	line.classList.toggle('ringing', state === 'ringing');
	setText(line.querySelector('strong'), does[state]);
	setText(line.querySelector('.who'), whoOf({ state, callerId, other, party }));
	line.querySelector('time').dataset.since = since;
	for (const button of line.querySelectorAll('button')) {
		button.hidden = (button.dataset.kind === 'hangUp') === (state === 'ringing');
	}
	line.setAttribute('aria-label', line.querySelector('.says').textContent);
	tick();
}

function whoOf({ state, callerId, other, party }) {
	if (state === 'talking') return other === '' ? '' : `with ${other}`;
	if (state === 'waiting') return `while ${other} rings`;
	if (party === 'second') return `call from ${callerId === '' ? other : callerId}`;
	const caller = callerId === '' ? 'no caller ID' : `call from ${callerId}`;
	return other === '' ? caller : `${caller}, then ${other}`;
}

/* A phone system */

function makeSystem(system) {
	const section = made('system');
	const heading = section.querySelector('h2');
	heading.id = `system-${system.id}`;
	heading.textContent = system.name;
	section.setAttribute('aria-labelledby', heading.id);
	section.querySelector('caption').textContent = `Calls of ${system.name}`;
	const lose = section.querySelector('.lose');
	lose.title = 'The next call is placed and rings, but n8n gets no reply';
	lose.addEventListener('click', () =>
		send({
			kind: 'loseNextReply',
			system: system.id,
			on: lose.getAttribute('aria-pressed') !== 'true',
		}),
	);
	return section;
}

function updateSystem(section, system) {
	section.querySelector('.lose').setAttribute('aria-pressed', String(system.losesNextReply));
	section.querySelector('.losing').hidden = !system.losesNextReply;
	keep(
		section.querySelector('.phones'),
		system.phones,
		({ number }) => number,
		(phone) => makePhone(system, phone),
		(element, phone) => updatePhone(system, element, phone),
	);
	section.querySelector('.calls').hidden = system.calls.length === 0;
	keep(
		section.querySelector('tbody'),
		system.calls,
		({ call, placedAt }) => `${placedAt} ${call}`,
		() => {
			const row = document.createElement('tr');
			row.append(...['td', 'td', 'td'].map((name) => document.createElement(name)));
			return row;
		},
		updateCall,
	);
}

function updateCall(row, { callId, from, to, state, disposition, placedAt, talkSeconds }) {
	const [call, where, id] = row.children;
	const time = new Date(placedAt).toLocaleTimeString([], { hour12: false });
	row.classList.toggle('over', disposition !== null);
	setText(call, `${time} ${from === '' ? to : `${from} → ${to}`}`);
	const talked = talkSeconds === null ? '' : `, ${clockOf(talkSeconds)}`;
	const ended = disposition === null ? '' : `: ${disposition}${talked}`;
	setText(where, `${state}${ended}`);
	setText(id, callId ?? 'none');
}

/* The wall */

const phonesOf = (system) => system.phones.map((phone) => ({ system, ...phone }));

function updateInUse(view) {
	const inUse = view.systems.flatMap(phonesOf).filter(({ lines }) => lines.length > 0);
	byId('in-use').hidden = inUse.length === 0;
	keep(
		byId('in-use'),
		inUse,
		({ system, number }) => anchorOf(system, number),
		({ system, number }) => {
			const link = document.createElement('a');
			link.href = `#${anchorOf(system, number)}`;
			return link;
		},
		(link, { system, number, lines }) => {
			const ringing = lines.find(isRinging);
			link.classList.toggle('ringing', ringing !== undefined);
			setText(link, `${system.name} ${number}: ${does[(ringing ?? lines[0]).state].toLowerCase()}`);
		},
	);
	const ringing = inUse.filter(({ lines }) => lines.some(isRinging));
	const numbers = [...new Set(ringing.map(({ number }) => number))].join(', ');
	document.title = ringing.length === 0 ? 'Wall of phones' : `☎ ${numbers} – Wall of phones`;
}

/** What each call was when it was last heard of. */
let heard = new Map();

function announceChanges(view) {
	const now = new Map();
	const news = [];
	for (const { system, number, lines } of view.systems.flatMap(phonesOf)) {
		for (const line of lines) {
			const key = `${system.id} ${number} ${line.party} ${line.call}`;
			const text = `${system.name}: phone ${number}, ${does[line.state].toLowerCase()} ${whoOf(line)}`;
			now.set(key, text);
			if (heard.get(key) !== text) news.push(text);
			if (isRinging(line) && !heard.has(key)) bringIntoView(system, number);
		}
	}
	for (const system of view.systems) {
		for (const { call, placedAt, from, to, disposition } of system.calls) {
			if (disposition === null) continue;
			const key = `${system.id} ${placedAt} ${call}`;
			const parties = from === '' ? `to ${to}` : `from ${from} to ${to}`;
			const text = `${system.name}: the call ${parties} has ended, ${disposition}`;
			now.set(key, text);
			if (heard.size > 0 && !heard.has(key)) news.push(text);
		}
	}
	heard = now;
	if (news.length > 0) announce(news.join('. '));
}

/** For somebody who is at the editor now; who is on this page keeps their place. */
function bringIntoView(system, number) {
	if (!document.hasFocus()) byId(anchorOf(system, number)).scrollIntoView({ block: 'nearest' });
}

function show(view) {
	byId('editor').href = view.editorUrl;
	choose(byId('others'), view.others);
	keep(byId('systems'), view.systems, ({ id }) => id, makeSystem, updateSystem);
	updateInUse(view);
	announceChanges(view);
}

function clockOf(seconds) {
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function tick() {
	for (const time of document.querySelectorAll('time[data-since]')) {
		const seconds = Math.max(Math.floor((Date.now() - Number(time.dataset.since)) / 1000), 0);
		setText(time, clockOf(seconds));
	}
}

choice(byId('others'), 'others', ['byHand', 'answers'], (value) =>
	send({ kind: 'setOthers', does: value }),
);
setInterval(tick, 500);
const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => {
	setText(byId('connection'), '');
	show(JSON.parse(data));
});
events.addEventListener('error', () => {
	setText(byId('connection'), 'The demo has ended, or does not answer. This page tries again.');
});
