/** `app`: one value per app, changed in the console. `server`: one value per installation, from its configuration. */
export type SettingScope = 'app' | 'server'

interface SettingText {
  /** What the setting does, one sentence. */
  readonly doc: string
  /** The vendor's value (reference limits.md, console.md), or `own choice` where none is documented. */
  readonly documented: string
  /** The error that exceeding the limit, or meeting the switch, answers with. */
  readonly code?: number
  readonly scope?: SettingScope
}

interface SettingBase extends SettingText {
  readonly scope: SettingScope
}

export interface IntegerSetting extends SettingBase {
  readonly type: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  /** `B` = bytes of UTF-8, `s`, `ms`, `d`, or the thing counted. */
  readonly unit: string
}

export interface BooleanSetting extends SettingBase {
  readonly type: 'boolean'
  readonly default: boolean
}

export interface EnumSetting<Value extends string = string> extends SettingBase {
  readonly type: 'enum'
  readonly default: Value
  readonly values: readonly Value[]
}

export type SettingRow = IntegerSetting | BooleanSetting | EnumSetting

/** The upper bound of counts that only storage limits. */
export const NO_BOUND = 2_147_483_647

export const integer = (
  value: number,
  [min, max]: readonly [min: number, max: number],
  unit: string,
  text: SettingText,
): IntegerSetting => ({ scope: 'app', ...text, type: 'integer', default: value, min, max, unit })

export const flag = (value: boolean, text: SettingText): BooleanSetting => ({
  scope: 'app',
  ...text,
  type: 'boolean',
  default: value,
})

export const oneOf = <Value extends string>(
  value: NoInfer<Value>,
  values: readonly Value[],
  text: SettingText,
): EnumSetting<Value> => ({ scope: 'app', ...text, type: 'enum', default: value, values })
