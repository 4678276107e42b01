import type { WireCustomField } from '@rookery/protocol/wire-group'
import { contentsOf, textOf } from '../messages/content.ts'

/** Custom fields of the wire as apps see them. */
export function fieldsOf(value: unknown): { readonly key: string; readonly value: string }[] {
  return contentsOf(value).map(it => ({ key: textOf(it.Key), value: textOf(it.Value) }))
}

/** Custom fields of an app as the wire has them; undefined when the app gave none. */
export function wireFields(value: unknown): WireCustomField[] | undefined {
  if (!Array.isArray(value)) return undefined
  return contentsOf(value).map(it => ({ Key: textOf(it.key), Value: textOf(it.value) }))
}

interface Field {
  readonly key: string
  readonly value: string
}

/** Changed fields over the present ones; an empty value removes one (rest-2 section 2.4). */
export function mergedFields(present: readonly Field[], changed: readonly Field[]): Field[] {
  const keys = changed.map(it => it.key)
  return [...present.filter(it => !keys.includes(it.key)), ...changed.filter(it => it.value !== '')]
}
