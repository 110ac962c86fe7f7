/**
 * What the canvas shows below a node: an n8n expression for "101 → 12025550123", from the fields of both parties.
 * It reads them raw: what an expression gives is not known before the run, and n8n would show nothing at all then.
 * A field may hold a text, a list of texts or a resource locator; what is empty is left out.
 */
export function subtitleOf(...fields: readonly string[]): string {
	const shown = `(text) => text.includes("$fromAI(") ? "(chosen by AI)" : text.replace(/^=/, "").trim()`;
	const party = `(field) => [].concat(field?.cachedResultName || (field?.__rl ? field.value : field) || []).map(String).map(${shown}).filter(Boolean).join(", ")`;
	const values = fields.map((name) => `$rawParameter["${name}"]`).join(', ');
	return `={{ [${values}].map(${party}).filter(Boolean).join(" → ") || "originate: call" }}`;
}
