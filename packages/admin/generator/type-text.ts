/** The parts of JSON Schema that the command table uses, with its own hints. */
export interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  /** The documented code for a missing or wrong value. */
  readonly code?: number
}

/** What stands for a field that the table leaves open; the texts are formatted later. */
export type OpenFields = (field: string) => string | undefined

/** A schema as a TypeScript type. Throws for a form that it doesn't know, rather than write `unknown`. */
export function typeText(schema: JsonSchema, open: OpenFields): string {
  if ('const' in schema) return literal(schema.const)
  if (schema.enum) return union(schema.enum.map(literal))
  if (schema.anyOf) return union(schema.anyOf.map(one => typeText(one, open)))
  if (schema.allOf) return intersection(schema.allOf.map(one => typeText(one, open)))
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return schema.type
    case 'integer':
      return 'number'
    case 'array':
      return `ReadonlyArray<${typeText(schema.items ?? {}, open)}>`
    case 'object':
      return objectText(schema, open)
    case undefined:
      if (Object.keys(schema).every(name => name === 'description' || name === 'code')) return 'unknown'
  }
  throw new Error(`The generator does not know this schema: ${JSON.stringify(schema)}`)
}

/** The members of an object's type, each with a line about what the schema demands. */
export function membersText(schema: JsonSchema, open: OpenFields): string {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => {
      const note = fieldNote(field)
      const mark = required.has(name) ? '' : '?'
      const type = isOpen(field) ? (open(name) ?? typeText(field, open)) : typeText(field, open)
      return `${note && `/** ${note} */\n`}readonly ${memberName(name)}${mark}: ${type}\n`
    })
    .join('')
}

function objectText(schema: JsonSchema, open: OpenFields): string {
  if (Object.keys(schema.properties ?? {}).length > 0) return `{\n${membersText(schema, open)}}`
  const [value] = Object.values(schema.patternProperties ?? {})
  const rest = value ?? (typeof schema.additionalProperties === 'object' && schema.additionalProperties)
  return `Readonly<Record<string, ${rest ? typeText(rest, open) : 'unknown'}>>`
}

/** An array of anything, or of objects of which the schema names no member. */
function isOpen(schema: JsonSchema): boolean {
  const { items } = schema
  if (schema.type !== 'array' || !items) return false
  return items.type === undefined
    ? Object.keys(items).length === 0
    : items.type === 'object' && Object.keys(items.properties ?? {}).length === 0
}

function fieldNote(schema: JsonSchema): string {
  const codes = new Set<number>()
  const bounds = new Set<string>()
  const look = (part: JsonSchema): void => {
    if (part.code !== undefined) codes.add(part.code)
    const bound = boundText(part)
    if (bound) bounds.add(bound)
    for (const inner of part.allOf ?? []) look(inner)
  }
  look(schema)
  const wrong = codes.size > 0 ? `wrong: ${[...codes].join(' or ')}` : ''
  const facts = [...bounds, ...(wrong ? [wrong] : [])].join('; ')
  const sentence = facts && `${facts.charAt(0).toUpperCase()}${facts.slice(1)}.`
  return [schema.description, sentence].filter(Boolean).join(' ')
}

function boundText(schema: JsonSchema): string {
  if (schema.type === 'array') return rangeText(schema.minItems, schema.maxItems, 'items')
  if (schema.type === 'string')
    return schema.minLength === 1 && schema.maxLength === undefined
      ? 'not empty'
      : rangeText(schema.minLength, schema.maxLength, 'characters')
  return rangeText(schema.minimum, schema.maximum, '')
}

function rangeText(min: number | undefined, max: number | undefined, unit: string): string {
  const count = (n: number): string => (unit ? `${n} ${n === 1 ? unit.slice(0, -1) : unit}` : `${n}`)
  if (min === undefined) return max === undefined ? '' : `at most ${count(max)}`
  if (max === undefined) return `${count(min)} or more`
  return min === max ? count(min) : `${min} to ${count(max)}`
}

function literal(value: unknown): string {
  return JSON.stringify(value)
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}

function intersection(types: readonly string[]): string {
  return [...new Set(types)].join(' & ')
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
