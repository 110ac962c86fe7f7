import type { Pushed } from '../calling/contract/events';
import type { Service } from '../wire/signIn/service';

/** The page that the address of a trigger shows in a browser: what to enter in the phone system, and where. */
export function setUpPage(
	{ displayName }: Pick<Service, 'displayName'>,
	{ setUp }: Pick<Pushed, 'setUp'>,
	address: string,
): string {
	const { steps, values } = setUp?.(address) ?? { steps: [], values: [] };
	const warning = isLocal(address)
		? `<p class="warning">This address works only on this computer. Set WEBHOOK_URL in n8n to the address at which ${html(displayName)} can reach it, restart n8n, and open this page again.</p>`
		: '';
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${html(displayName)} Trigger</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
dt { margin-top: 1rem; font-weight: 600; }
dd { margin: 0.25rem 0 0; }
code { display: block; padding: 0.5rem 0.75rem; border: 1px solid; border-radius: 4px; overflow-wrap: anywhere; white-space: pre-wrap; user-select: all; }
.warning { padding: 0.5rem 0.75rem; border-left: 4px solid #c60; }
</style>
<h1>Events from ${html(displayName)}</h1>
<p>n8n accepts events at these addresses while the workflow is published.</p>
${warning}
<ol>
${steps.map((step) => `<li>${html(step)}</li>`).join('\n')}
</ol>
<p>Click a value to select all of it.</p>
<dl>
${values.map(({ label, value }) => `<dt>${html(label)}</dt><dd><code>${html(value)}</code></dd>`).join('\n')}
</dl>
<p>These addresses are secret: anyone who knows one can start the workflow.</p>
`;
}

/** Whether nobody else can reach an address. */
export function isLocal(address: string): boolean {
	return /^https?:\/\/(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])(?::\d+)?(?:\/|$)/.test(address);
}

function html(text: string): string {
	return text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;');
}
