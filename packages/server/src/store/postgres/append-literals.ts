/** Array literals of PostgreSQL: one parameter for a whole column of a batch, as text, whatever the driver. */

export function numbersLiteral(values: readonly number[]): string {
  return `{${values.join(',')}}`
}

export function textsLiteral(values: readonly string[]): string {
  let literal = '{'
  for (const value of values) {
    if (literal.length > 1) literal += ','
    literal += `"${SPECIAL.test(value) ? value.replace(ALL_SPECIAL, '\\$&') : value}"`
  }
  return `${literal}}`
}

/** Numbers of an array literal that the server wrote; none for null, the aggregate of nothing. */
export function numbersOf(literal: string | null): readonly number[] {
  return literal === null ? [] : (JSON.parse(`[${literal.slice(1, -1)}]`) as number[])
}

const SPECIAL = /["\\]/
const ALL_SPECIAL = /["\\]/g
