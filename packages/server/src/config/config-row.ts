interface ConfigText {
  /** The environment variable with the same meaning; it wins over the file. */
  readonly env: string
  /** What it does, for the operator; one or two sentences. */
  readonly doc: string
  /** Its value is a secret, or may hold one: it is never shown. */
  readonly secret?: true
}

interface TextRow extends ConfigText {
  readonly type: 'text'
  readonly default: string
  /** Default: any text. An empty one always passes: not set. */
  readonly item?: ListItem
}

/** A file or folder: relative to the configuration file's folder there, to the working folder elsewhere. Empty: none. */
interface PathRow extends ConfigText {
  readonly type: 'path'
  readonly default: string
}

interface IntegerRow extends ConfigText {
  readonly type: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
}

interface BooleanRow extends ConfigText {
  readonly type: 'boolean'
  readonly default: boolean
}

interface EnumRow<Value extends string = string> extends ConfigText {
  readonly type: 'enum'
  readonly default: Value
  readonly values: readonly Value[]
}

/** An array of texts in the file, separated by commas in a variable. */
interface ListRow extends ConfigText {
  readonly type: 'list'
  readonly default: readonly string[]
  readonly item: ListItem
}

/** What a text must be. */
export interface ListItem {
  /** `a host name`, for the message. */
  readonly name: string
  readonly accepts: (text: string) => boolean
}

export type ConfigRow = TextRow | PathRow | IntegerRow | BooleanRow | EnumRow | ListRow

export const text = (value: string, row: ConfigText): TextRow => ({ ...row, type: 'text', default: value })

/** A text of a form of its own; empty by default. */
export const form = (item: ListItem, row: ConfigText): TextRow => ({
  ...row,
  type: 'text',
  default: '',
  item,
})

export const path = (value: string, row: ConfigText): PathRow => ({ ...row, type: 'path', default: value })

export const integer = (
  value: number,
  [min, max]: readonly [min: number, max: number],
  row: ConfigText,
): IntegerRow => ({ ...row, type: 'integer', default: value, min, max })

export const flag = (value: boolean, row: ConfigText): BooleanRow => ({
  ...row,
  type: 'boolean',
  default: value,
})

export const oneOf = <const Values extends readonly string[]>(
  value: Values[number],
  values: Values,
  row: ConfigText,
): EnumRow<Values[number]> => ({ ...row, type: 'enum', default: value, values })

export const list = (item: ListItem, row: ConfigText): ListRow => ({
  ...row,
  type: 'list',
  default: [],
  item,
})

/** What a row takes, as it stands in messages and in the reference. */
export function takes(row: ConfigRow): string {
  switch (row.type) {
    case 'text':
      return row.item?.name ?? 'a text'
    case 'path':
      return 'a path'
    case 'integer':
      return `an integer from ${row.min} to ${row.max}`
    case 'boolean':
      return 'true or false'
    case 'enum':
      return `one of ${row.values.join(', ')}`
    case 'list':
      return `a list of texts, each ${row.item.name}`
  }
}
