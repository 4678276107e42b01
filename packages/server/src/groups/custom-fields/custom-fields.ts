import type { WireCustomField } from '@rookery/protocol/wire-group'
import { badField } from '../group-error.ts'

const KEY = /^[A-Za-z0-9_]{1,16}$/

/** What an app allows of its custom fields, in a group or of a member. */
export interface FieldBounds {
  readonly fields: number
  readonly valueBytes: number
  /** Keys that the app did not declare may be written. */
  readonly acceptsUndeclared: boolean
}

export const isFieldKey = (key: string): boolean => KEY.test(key)

export function parseFields(json: string): readonly WireCustomField[] {
  return JSON.parse(json) as readonly WireCustomField[]
}

/** Throws 10004 for keys and values that no custom field may have (rest-2 section 2.4). */
export function checkFields(field: string, given: readonly WireCustomField[], bounds: FieldBounds): void {
  for (const { Key, Value } of given) {
    if (!isFieldKey(Key)) throw badField(field, `has a key that is not 1 to 16 of A-Z, a-z, 0-9, _`)
    const bytes = Buffer.byteLength(Value)
    if (bytes > bounds.valueBytes)
      throw badField(field, `has ${bytes} bytes in ${Key}; ${bounds.valueBytes} are allowed`)
  }
}

/** The fields after a change by key; an empty value takes a field away. Throws 10004 when there are too many then. */
export function mergeFields(
  field: string,
  json: string,
  given: readonly WireCustomField[],
  bounds: FieldBounds,
): string {
  const merged = new Map(parseFields(json).map(({ Key, Value }) => [Key, Value]))
  for (const { Key, Value } of given)
    if (Value === '') merged.delete(Key)
    else merged.set(Key, Value)
  if (merged.size > bounds.fields)
    throw badField(field, `would have ${merged.size} keys; ${bounds.fields} are allowed`)
  return JSON.stringify([...merged].map(([Key, Value]) => ({ Key, Value })))
}
