import type { TObject, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { CommandError } from './command-error.ts'
import { withSafeIntegers } from './safe-integers.ts'

/** What our schemas say beside JSON Schema. */
export interface CheckHints {
  /** The documented code when this field is missing or wrong. */
  readonly code?: number
  /** A number that some clients send as decimal text. */
  readonly fromText?: boolean
}

/** JSON nesting that a request may have (DESIGN-SECURITY 6). */
const DEPTH_MAX = 32
/** Kept as it came: its nulls are the sender's own. */
const VERBATIM = new Set(['MsgBody', 'MsgContent'])

type JsonObject = Record<string, unknown>

export interface RequestRules {
  readonly schema: TObject
  readonly badParameter: number
  readonly spellings: Readonly<Record<string, string>>
}

/**
 * Checks a parsed body against a schema. The first look is one compiled check; only a body that fails it is tidied (null
 * means absent, decimal text where the schema allows it) and looked at again, then refused with the field's own code.
 */
export function requestChecker(rules: RequestRules): (body: unknown, text: string) => JsonObject {
  // On first use: to compile all commands would be most of the time that a start takes.
  let validator: Validator | undefined
  const older = Object.entries(rules.spellings)
  return (body, text) => {
    const object = body as JsonObject
    if (text.includes('\\u')) refuseBrokenText(object, rules.badParameter)
    for (const [old, name] of older)
      if (object[name] === undefined && old in object) object[name] = object[old]
    validator ??= Compile(withSafeIntegers(rules.schema))
    if (validator.Check(object)) return object
    tidy(object, rules.schema)
    if (validator.Check(object)) return object
    const [first] = validator.Errors(object)
    throw first
      ? refusal(first, rules)
      : new CommandError(rules.badParameter, 'The request does not follow the documented form.')
  }
}

/** True when objects and arrays nest no deeper than the bound; looks at the text, before it is parsed. */
export function withinDepth(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > DEPTH_MAX) return false
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return true
}

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

function refusal(error: SchemaError, rules: RequestRules): CommandError {
  const missing = (error.params as { requiredProperties?: readonly string[] }).requiredProperties?.[0]
  const path = missing ? `${error.instancePath}/${missing}` : error.instancePath
  const pointer = missing ? `${error.schemaPath}/properties/${missing}` : error.schemaPath
  const field = path.slice(1).replaceAll('/', '.') || 'The body'
  const info = missing ? `${field} is missing.` : `${field} ${error.message}.`
  return new CommandError(codeAt(rules.schema, pointer) ?? rules.badParameter, info, {
    check: 'request',
    field,
  })
}

/** The code of the node that a JSON pointer names, or of its nearest parent that has one. */
function codeAt(schema: TObject, pointer: string): number | undefined {
  let node: unknown = schema
  let code: number | undefined
  for (const step of pointer.split('/').slice(1)) {
    node = (node as JsonObject | undefined)?.[step]
    code = (node as CheckHints | undefined)?.code ?? code
  }
  return code
}

function tidy(object: JsonObject, schema: TSchema): void {
  const properties = (schema as { properties?: Record<string, TSchema & CheckHints> }).properties ?? {}
  for (const [name, value] of Object.entries(object)) {
    const field = properties[name]
    if (value === null) delete object[name]
    else if (field?.fromText && typeof value === 'string' && /^-?\d{1,15}$/.test(value))
      object[name] = Number(value)
    else if (VERBATIM.has(name)) continue
    else if (Array.isArray(value)) {
      const items = (field as { items?: TSchema } | undefined)?.items
      for (const item of value) if (isObject(item)) tidy(item, items ?? {})
    } else if (isObject(value)) tidy(value, field ?? {})
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** U+0000 and lone surrogates have no place in a text column (DESIGN-DATA 1); only escapes can bring them in. */
function refuseBrokenText(value: unknown, code: number): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0'))
      throw new CommandError(code, 'A text holds U+0000 or half of a surrogate pair; remove it.', {
        check: 'text',
      })
  } else if (Array.isArray(value)) for (const item of value) refuseBrokenText(item, code)
  else if (isObject(value))
    for (const [name, item] of Object.entries(value)) {
      refuseBrokenText(name, code)
      refuseBrokenText(item, code)
    }
}
