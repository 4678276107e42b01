import type { JsonSchema } from './json-schema.ts'

/** One row of a table of fields. */
export interface FieldRow {
  /** `UpdateGroup.ContactUpdateItem[].ContactItem`. */
  readonly path: string
  readonly depth: number
  readonly type: string
  readonly required: boolean
  readonly note: string
  /** What the value must keep to, as `1 to 100`. */
  readonly bounds: readonly string[]
  readonly code: number | undefined
}

/** All fields of an object, those of objects inside of it below their parent. */
export function fieldRows(schema: JsonSchema, prefix = '', depth = 0): FieldRow[] {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const inner = field.type === 'array' ? field.items : field
    const row: FieldRow = {
      path,
      depth,
      type: typeText(field),
      required: required.has(name),
      note: field.description ?? '',
      bounds: boundsOf(field),
      code: field['x-error-code'] as number | undefined,
    }
    const below = inner ? fieldRows(inner, `${path}${field.type === 'array' ? '[]' : ''}.`, depth + 1) : []
    return [row, ...below]
  })
}

function typeText(schema: JsonSchema): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(' | ')
  if (schema.allOf) return [...new Set(schema.allOf.map(typeText))].join(' & ')
  if (schema.type === 'array') {
    const item = schema.items ? typeText(schema.items) : 'any'
    return item.includes(' ') ? `(${item})[]` : `${item}[]`
  }
  return schema.type ?? 'any'
}

function boundsOf(schema: JsonSchema): string[] {
  const parts = [schema, ...(schema.allOf ?? [])]
  const range = (low: string, high: string, unit: string): string[] => {
    const from = parts.map(part => part[low]).find(value => value !== undefined)
    const to = parts.map(part => part[high]).find(value => value !== undefined)
    if (from === undefined && to === undefined) return []
    if (to === undefined && from === 1 && unit) return ['not empty']
    if (to === undefined) return [`at least ${from}${unit}`]
    if (from === undefined) return [`at most ${to}${unit}`]
    return [from === to ? `exactly ${to}${unit}` : `${from} to ${to}${unit}`]
  }
  return [
    ...range('minimum', 'maximum', ''),
    ...range('minLength', 'maxLength', ' characters'),
    ...range('minItems', 'maxItems', ' items'),
    ...(schema['x-accepts-text'] ? ['also as text'] : []),
  ]
}
