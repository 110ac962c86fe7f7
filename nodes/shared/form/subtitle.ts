/**
 * What the canvas shows below a node: an n8n expression for "101 → 12025550123", from the fields of both parties, which
 * hold a text, a list of texts or a resource locator. What is empty is left out.
 * It reads them raw: what an expression gives is not known before the run, and n8n would show nothing at all then.
 */
export function subtitleOf(...fields: readonly string[]): string {
	const shown =
		'(text) => text.includes("$fromAI(") ? "(chosen by AI)" : text.replace(/^=/, "").trim()';
	const party = `(field) => [].concat(field ?? []).map(String).map(${shown}).filter(Boolean).join(", ")`;
	const values = fields.map((name) => `$rawParameter["${name}"]`).join(', ');
	return `={{ [${values}].map(${party}).filter(Boolean).join(" → ") || "originate: call" }}`;
}
