import type { TObject } from 'typebox'

/**
 * The same schema, in which an integer without bounds of its own has those of JavaScript's exact integers: JSON may write 1e308, which
 * is an integer, but no column and no index of anything can hold it.
 */
export function withSafeIntegers<S extends TObject>(schema: S): S {
  return bounded(schema) as S
}

function bounded(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bounded)
  if (typeof node !== 'object' || node === null) return node
  // With what TypeBox keeps beside the members that JSON Schema knows.
  const copy: Record<string, unknown> = Object.create(
    Object.getPrototypeOf(node),
    Object.getOwnPropertyDescriptors(node),
  )
  for (const [name, value] of Object.entries(node)) copy[name] = bounded(value)
  if (copy.type === 'integer') {
    copy.minimum ??= Number.MIN_SAFE_INTEGER
    copy.maximum ??= Number.MAX_SAFE_INTEGER
  }
  return copy
}
