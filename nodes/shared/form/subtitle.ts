/**
 * What the canvas shows below a node: an n8n expression for "101 → 12025550123", from the fields of both parties. Plain
 * `{{ $parameter.from }}` would do for texts alone: it shows a resource locator as "[object Object]", a list without
 * spaces, and nothing at all where a field holds an expression, which is not known before the run. Empty fields are left out.
 */
export function subtitleOf(...fields: readonly string[]): string {
	const shown =
		'(text) => text.includes("$fromAI(") ? "(chosen by AI)" : text.replace(/^=/, "").trim()';
	const party = `(field) => [].concat(field ?? []).map(String).map(${shown}).filter(Boolean).join(", ")`;
	const values = fields.map((name) => `$rawParameter["${name}"]`).join(', ');
	const call = `[${values}].map(${party}).filter(Boolean).join(" → ") || "originate: call"`;
	const other = '{ get: "get: call", hangUp: "hang up: call" }[$parameter["operation"]]';
	return `={{ ${other} ?? (${call}) }}`;
}
