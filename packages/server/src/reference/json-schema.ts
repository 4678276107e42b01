import type { CheckHints } from '../commands/request-check.ts'
import { FIELD_NOTES } from './field-notes.ts'

/** A JSON Schema (2020-12) as plain data. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly $ref?: string
  readonly [keyword: string]: unknown
}

export const ELEMENT_SCHEMA = '#/components/schemas/MessageElement'

/**
 * A schema of the command table as the OpenAPI document shows it: our own keywords are named `x-…` (`x-error-code`: the code when
 * the field is missing or wrong; `x-accepts-text`: the number may come as decimal text), and fields have their notes.
 *
 * @param notes what fields mean, by name, where the schema does not say it.
 */
export function documented(
  schema: object,
  notes: Readonly<Record<string, string>> = FIELD_NOTES,
  name?: string,
): JsonSchema {
  const { code, fromText, ...plain } = JSON.parse(JSON.stringify(schema)) as JsonSchema & CheckHints
  const note = plain.description ?? (name === undefined ? undefined : notes[name])
  return {
    ...plain,
    ...(plain.anyOf && anyOf(plain.anyOf, notes)),
    ...(note !== undefined && { description: note }),
    ...(plain.properties && {
      properties: Object.fromEntries(
        Object.entries(plain.properties).map(([field, value]) => [field, documented(value, notes, field)]),
      ),
    }),
    ...(plain.items && {
      items: name === 'MsgBody' ? { $ref: ELEMENT_SCHEMA } : documented(plain.items, notes),
    }),
    ...(plain.allOf && { allOf: plain.allOf.map(part => documented(part, notes)) }),
    ...(code !== undefined && { 'x-error-code': code }),
    ...(fromText && { 'x-accepts-text': true }),
  }
}

/** Of constants only, an enumeration reads better. */
function anyOf(parts: readonly JsonSchema[], notes: Readonly<Record<string, string>>): object {
  return parts.every(part => part.const !== undefined)
    ? { anyOf: undefined, enum: parts.map(part => part.const) }
    : { anyOf: parts.map(part => documented(part, notes)) }
}
