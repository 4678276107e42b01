/** Type numbers (OID) of PostgreSQL. 0 leaves the type to the server. */
const INT8 = 20
const FLOAT8 = 701
const BOOLEAN = 16
const UNKNOWN = 0

/** A parameter as text, with the type that the statement is prepared for. */
export interface EncodedParameter {
  readonly text: string | null
  readonly type: number
}

/**
 * Integers are 64 bits wide wherever they stand, as in SQLite; left to the server, `case … then $1` would be a text. Throws
 * for a value that is no parameter, before the driver could mix up its answers.
 */
export function encodeParameter(value: unknown): EncodedParameter {
  switch (typeof value) {
    case 'string':
      return { text: value, type: UNKNOWN }
    case 'number':
      if (!Number.isFinite(value)) break
      return { text: String(value), type: Number.isInteger(value) ? INT8 : FLOAT8 }
    case 'bigint':
      return { text: String(value), type: INT8 }
    case 'boolean':
      return { text: value ? 't' : 'f', type: BOOLEAN }
    case 'object':
      if (value === null) return { text: null, type: UNKNOWN }
      if (Array.isArray(value)) return { text: encodeArray(value), type: UNKNOWN }
  }
  throw new TypeError(`A value of type ${typeof value} can't be a parameter of a statement.`)
}

function encodeArray(values: readonly unknown[]): string {
  const elements = values.map(value => {
    if (Array.isArray(value)) return encodeArray(value)
    const { text } = encodeParameter(value)
    if (text === null) return 'null'
    return typeof value === 'string' ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
  })
  return `{${elements.join(',')}}`
}
