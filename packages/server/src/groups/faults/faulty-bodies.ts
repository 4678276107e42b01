/** The part of our schemas that says where a body can go wrong. */
interface FieldSchema {
  readonly type?: string
  readonly anyOf?: readonly FieldSchema[]
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly items?: FieldSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
}

type Body = Readonly<Record<string, unknown>>

/** A good body with one fault in it. */
export interface FaultyBody {
  readonly fault: string
  /** Top-level field that the fault is in. */
  readonly field: string
  /** The field itself, as `MemberList.Member_Account`. */
  readonly path: string
  readonly body: Body
}

const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Each required field left out, also inside of objects and of lists' items that the good body has. */
export function missingFields(schema: object, good: Body): FaultyBody[] {
  return withinFields(schema as FieldSchema, good, (part, at) =>
    (part.required ?? [])
      .filter(name => name in at)
      .map(name => ({ name, fault: 'is left out', change: ({ [name]: _, ...rest }) => rest })),
  )
}

/** Each field with a value of a type that it does not take, and numbers beside their bounds. */
export function wrongValues(schema: object, good: Body): FaultyBody[] {
  return withinFields(schema as FieldSchema, good, part =>
    Object.entries(part.properties ?? {}).flatMap(([name, field]) =>
      wrongFor(field).map(([fault, value]) => ({ name, fault, change: at => ({ ...at, [name]: value }) })),
    ),
  )
}

/** Each text and list much longer than anything needs. */
export function oversizedFields(schema: object, good: Body): FaultyBody[] {
  return withinFields(schema as FieldSchema, good, (part, at) =>
    Object.entries(part.properties ?? {}).flatMap(([name, field]) => {
      if (field.type === 'string')
        return [{ name, fault: 'has 9000 letters', change: it => ({ ...it, [name]: 'x'.repeat(9000) }) }]
      const given = at[name]
      if (field.type !== 'array' || !Array.isArray(given) || given.length === 0) return []
      const many = Array.from({ length: 2000 }, () => given[0])
      return [{ name, fault: 'has 2000 items', change: it => ({ ...it, [name]: many }) }]
    }),
  )
}

/** The body with another user in place of each that it names; undefined when it names none. */
export function withGhosts(good: Body, ghost: string): Body | undefined {
  let found = false
  const swap = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map(item => swap(item, name))
    if (isBody(value))
      return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, swap(inner, field)]))
    if (typeof value !== 'string' || !name.endsWith('_Account')) return value
    found = true
    return ghost
  }
  const body = swap(good, '') as Body
  return found ? body : undefined
}

interface Change {
  readonly name: string
  readonly fault: string
  readonly change: (at: Body) => Body
}

function withinFields(
  schema: FieldSchema,
  good: Body,
  changes: (part: FieldSchema, at: Body) => readonly Change[],
): FaultyBody[] {
  const here = changes(schema, good).map(({ name, fault, change }) => ({
    fault: `${name} ${fault}`,
    field: name,
    path: name,
    body: change(good),
  }))
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const value = good[name]
    const [item] = Array.isArray(value) ? value : []
    const [part, at, put] = isBody(value)
      ? [field, value, (changed: Body): unknown => changed]
      : [field.items, item, (changed: Body): unknown => [changed]]
    if (!part?.properties || !isBody(at)) return []
    return withinFields(part, at, changes).map(({ fault, path, body }) => ({
      fault: `${name}.${fault}`,
      field: name,
      path: `${name}.${path}`,
      body: { ...good, [name]: put(body) },
    }))
  })
  return [...here, ...inside]
}

function wrongFor(field: FieldSchema): (readonly [string, unknown])[] {
  // No field takes a list of lists.
  const nested = ['is a list of lists', [[[]]]] as const
  switch (field.type) {
    case 'integer':
      return [
        nested,
        ['is no number', 'many'],
        ['is half a number', 0.5],
        ...(field.minimum === undefined ? [] : [['is too small', field.minimum - 1] as const]),
        ...(field.maximum === undefined || field.maximum >= Number.MAX_SAFE_INTEGER
          ? []
          : [['is too large', field.maximum + 1] as const]),
      ]
    case 'string':
      return [nested, ['is a number', 7], ['is an object', { a: 1 }]]
    case 'array':
      return [nested, ['is a text', 'one'], ['is an object', {}]]
    case 'object':
      return [nested, ['is a text', 'one'], ['is a list', []]]
    default:
      return [nested, ['is a number of no meaning', -7.5]]
  }
}
