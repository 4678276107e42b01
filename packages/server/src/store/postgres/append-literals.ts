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

const SPECIAL = /["\\]/
const ALL_SPECIAL = /["\\]/g
