/** Array literals of PostgreSQL: one parameter for a whole column of a batch, as text, whatever the driver. */

export function numbersLiteral(values: readonly number[]): string {
  return `{${values.join(',')}}`
}

export function textsLiteral(values: readonly string[]): string {
  return `{${values.map(quoted).join(',')}}`
}

/** Numbers of an array literal that the server wrote; none for null, the aggregate of nothing. */
export function numbersOf(literal: string | null): readonly number[] {
  return literal === null ? [] : (JSON.parse(`[${literal.slice(1, -1)}]`) as number[])
}

/** Within quotes only `"` and `\\` are escaped. JSON does the same, three times as fast, for texts without the others it escapes. */
function quoted(value: string): string {
  return ESCAPED_BY_JSON.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : JSON.stringify(value)
}

/** Control characters and surrogates. */
const ESCAPED_BY_JSON = /[^ -\ud7ff\ue000-\uffff]/
