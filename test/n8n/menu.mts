/** The menus of n8n's editor. Opening and choosing is repeated until it works. */
import { errors } from 'playwright-core';
import type { Locator } from 'playwright-core';

const stepLimitMs = 10_000;
const tries = 8;

interface Limit {
	readonly timeout: number;
}

/**
 * n8n redraws the form after saving and after loading a list, which closes an open menu. Playwright keeps waiting for the
 * element that it found first, even if that one never appears again. So after a while, everything is looked up again.
 */
export async function persist<T>(attempt: (limit: Limit) => Promise<T>): Promise<T> {
	for (let left = tries - 1; ; left--) {
		try {
			return await attempt({ timeout: stepLimitMs });
		} catch (error) {
			if (left === 0 || !(error instanceof errors.TimeoutError)) throw error;
		}
	}
}

/** Only the menu of this select: a closed one stays visible for a moment, and can have the same entries. */
async function open(select: Locator, limit: Limit): Promise<Locator> {
	const input = select.getByRole('combobox');
	if ((await input.getAttribute('aria-expanded', limit)) !== 'true') await input.click(limit);
	const list = await input.getAttribute('aria-controls', limit);
	const page = select.page();
	const menu = page.locator('.el-select-dropdown').filter({ has: page.locator(`[id="${list}"]`) });
	await menu.getByRole('option').first().waitFor(limit);
	return menu;
}

/** Opens the menu of a select; returns its entries. */
export async function openMenu(select: Locator): Promise<Locator> {
	const menu = await persist((limit) => open(select, limit));
	return menu.getByRole('option');
}

/** Chooses from the menu of a select. */
export async function chooseIn(
	select: Locator,
	entryOf: (menu: Locator) => Locator,
): Promise<void> {
	const menu = await persist(async (limit) => {
		const opened = await open(select, limit);
		await entryOf(opened).click(limit);
		return opened;
	});
	await menu.waitFor({ state: 'hidden' });
}

/** The entry that begins with this text; its description follows. */
export const entry =
	(label: string) =>
	(menu: Locator): Locator =>
		menu.getByRole('option').filter({ has: menu.page().getByText(label, { exact: true }) });
