/** What a person does in n8n's editor, click by click, and sees there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './browser.mts';
import { screenshotFolder } from './paths.mts';

export interface Account {
	readonly email: string;
	readonly password: string;
}

/** What the open node's form gets typed: by name of the field, or the mode and the value of a resource locator. */
export type Entry = string | { readonly byId: string };

export interface Editor {
	readonly page: Page;
	/** Opens an empty workflow and adds the trigger that starts it by hand. */
	readonly startWorkflow: () => Promise<void>;
	/** Types into the node panel's search; returns the names of what it finds. */
	readonly search: (text: string) => Promise<string[]>;
	/** Adds a node behind the last one, found by what is searched for; its form is open then. */
	readonly addNode: (name: string, search?: string) => Promise<void>;
	/** The labels that the open node's form shows, from top to bottom. */
	readonly labels: () => Promise<string[]>;
	/** The hints and notices that the open node's form shows without being asked. */
	readonly hints: () => Promise<string[]>;
	/** Opens "Add option" of the open node's form and returns what it offers. */
	readonly openOptions: () => Promise<Locator>;
	/** Chooses a value of a field by what the list shows. */
	readonly choose: (field: string, label: string) => Promise<void>;
	readonly fill: (entries: Readonly<Record<string, Entry>>) => Promise<void>;
	/** What a field of the form holds. */
	readonly valueOf: (field: string) => Promise<string>;
	/** Searches the list of a resource locator and chooses the one entry that is found; returns its text. */
	readonly chooseFromList: (field: string, search: string) => Promise<string>;
	/** Opens the dialog for a new credential of the open node. */
	readonly newCredential: () => Promise<void>;
	/** Saves the open credential; returns what the dialog says about its test. */
	readonly saveCredential: () => Promise<string>;
	readonly closeCredential: () => Promise<void>;
	/** Presses "Execute step" of the open node and waits for its end. */
	readonly execute: () => Promise<Run>;
	readonly closeNode: () => Promise<void>;
	/** The texts of the nodes on the canvas: name and subtitle. */
	readonly canvas: () => Promise<string[]>;
	/** Saves pictures in the light and in the dark theme. */
	readonly screenshot: (name: string) => Promise<void>;
	readonly close: () => Promise<void>;
}

/** What the output pane shows. */
export interface Run {
	readonly succeeded: boolean;
	readonly text: string;
}

/** Signs in and gives the editor. */
export async function openEditor(url: string, account: Account): Promise<Editor> {
	const { page, close } = await openBrowser();
	try {
		await signIn(page, url, account);
	} catch (error) {
		await close();
		throw error;
	}
	return {
		page,
		close,
		startWorkflow: () => startWorkflow(page, url),
		search: (text) => search(page, text),
		addNode: (name, text = name) => addNode(page, name, text),
		labels: () => labels(page),
		hints: () => hints(page),
		openOptions: () => openOptions(page),
		choose: (field, label) => choose(page, field, label),
		fill: (entries) => fill(page, entries),
		valueOf: (field) => inputOf(page, field).inputValue(),
		chooseFromList: (field, text) => chooseFromList(page, field, text),
		newCredential: () => newCredential(page),
		saveCredential: () => saveCredential(page),
		closeCredential: () => closeCredential(page),
		execute: () => execute(page),
		closeNode: () => closeNode(page),
		canvas: () => canvas(page),
		screenshot: (name) => screenshot(page, name),
	};
}

async function signIn(page: Page, url: string, account: Account): Promise<void> {
	await page.goto(`${url}/signin`);
	await page.locator('input[type="email"]').fill(account.email);
	await page.locator('input[type="password"]').fill(account.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL((address) => !address.pathname.startsWith('/signin'));
}

async function startWorkflow(page: Page, url: string): Promise<void> {
	await page.goto(`${url}/workflow/new`);
	await page.getByTestId('canvas-add-button').click();
	await search(page, 'manual');
	await itemOf(page, 'Trigger manually').click();
	await page.getByTestId('canvas-node').waitFor();
}

function itemOf(page: Page, name: string): Locator {
	return page.getByTestId('node-creator-item-name').getByText(name, { exact: true });
}

/** The panel filters a moment after the last key. */
async function search(page: Page, text: string): Promise<string[]> {
	const found = page.getByTestId('node-creator-item-name');
	const before = await found.allInnerTexts();
	await page.getByTestId('node-creator-search-bar').fill(text);
	await expectChange(async () => (await found.allInnerTexts()).join() !== before.join());
	return await found.allInnerTexts();
}
