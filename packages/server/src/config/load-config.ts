import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import {
  defaultSettings,
  isSettingKey,
  parseSetting,
  SETTING_KEYS,
  type SettingKey,
  type Settings,
} from '@rookery/protocol/limits'
import { parse, TomlError } from 'smol-toml'
import { natsServersProblem } from '../bus/nats-servers.ts'
import { type ConfigRow, takes } from './config-row.ts'
import {
  CONFIG,
  CONFIG_FILE_VARIABLE,
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigValues,
  DEFAULT_CONFIG_FILE,
  isConfigKey,
  MASTER_KEY_VARIABLE,
  SETTINGS_SECTION,
  settingVariable,
} from './config-table.ts'
import { nearestName } from './nearest-name.ts'
import { parseSettingText } from './setting-text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ConfigSources {
  /** Value of `--config`. */
  readonly configFile?: string
  readonly env: Environment
  readonly cwd: string
  /** Values from flags of the command line; they win over everything. */
  readonly flags?: Readonly<Partial<Record<ConfigKey, string>>>
}

export interface Config {
  /** Paths are absolute, or empty for none. */
  readonly values: ConfigValues
  /** The settings that hold where an app has no value of its own, and those of the server. */
  readonly settings: Settings
  /** By key (settings as `settings.<key>`): the file, the variable, the flag, or `default`. */
  readonly sources: ReadonlyMap<string, string>
  /** The configuration file that was read. */
  readonly file: string | undefined
  /** Things that look like mistakes but may be meant for something else. */
  readonly warnings: readonly string[]
}

/** The configuration can't be used; the message has a line for each problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Variables beginning with ROOKERY_ that belong to other programs of the project. */
const OTHER_VARIABLES = [CONFIG_FILE_VARIABLE, MASTER_KEY_VARIABLE, 'ROOKERY_USERSIG_KEY']

/** Reads defaults, file, environment and flags, each over the one before it. Throws a {@link ConfigError}. */
export function loadConfig(from: ConfigSources): Config {
  const reading = new Reading(from.cwd)
  const file = configFile(from)
  if (file !== undefined) reading.file(file)
  const warnings = reading.environment(from.env)
  for (const [key, value] of Object.entries(from.flags ?? {}))
    if (isConfigKey(key) && value !== undefined) reading.text(key, value, 'the command line')
  return { ...reading.finish(), file, warnings }
}

function configFile({ configFile: flag, env, cwd }: ConfigSources): string | undefined {
  const named = flag ?? (env[CONFIG_FILE_VARIABLE] || undefined)
  if (named !== undefined) {
    const path = resolve(cwd, named)
    if (existsSync(path)) return path
    throw new ConfigError([
      `The configuration file ${path} does not exist; check ${flag ? '--config' : CONFIG_FILE_VARIABLE}.`,
    ])
  }
  const usual = resolve(cwd, DEFAULT_CONFIG_FILE)
  return existsSync(usual) ? usual : undefined
}

class Reading {
  readonly #cwd: string
  readonly #values = new Map<ConfigKey, unknown>()
  readonly #settings = new Map<SettingKey, unknown>()
  readonly #sources = new Map<string, string>()
  readonly #problems: string[] = []

  constructor(cwd: string) {
    this.#cwd = cwd
    for (const key of CONFIG_KEYS) {
      const row: ConfigRow = CONFIG[key]
      this.#values.set(key, row.type === 'path' ? absolute(row.default, cwd) : row.default)
      this.#sources.set(key, 'default')
    }
  }

  file(path: string): void {
    let document: object
    try {
      document = parse(readFileSync(path, 'utf8'))
    } catch (error) {
      throw new ConfigError([`${path} can't be read as TOML: ${tomlReason(error)}`])
    }
    this.#table(document, '', path)
  }

  /** Takes the variables of the table; answers what it makes of others that begin like them. */
  environment(env: Environment): string[] {
    const known = new Map<string, () => void>()
    for (const key of CONFIG_KEYS)
      known.set(CONFIG[key].env, () => this.text(key, env[CONFIG[key].env]!, CONFIG[key].env))
    for (const key of SETTING_KEYS) {
      const variable = settingVariable(key)
      known.set(variable, () => this.#setting(key, parseSettingText(key, env[variable]!), variable))
    }
    const names = [...known.keys(), ...OTHER_VARIABLES]
    const strangers = Object.keys(env).filter(name => name.startsWith('ROOKERY_') && !names.includes(name))
    for (const [name, take] of known) if (env[name]) take()
    return strangers.flatMap(name => {
      const near = nearestName(name, names)
      return near ? [`The variable ${name} is not known; did you mean ${near}?`] : []
    })
  }

  /** A value that came as text. */
  text(key: ConfigKey, given: string, source: string): void {
    this.#take(key, fromText(CONFIG[key], given), source, this.#cwd)
  }

  finish(): Pick<Config, 'values' | 'settings' | 'sources'> {
    const values = Object.fromEntries(this.#values) as unknown as ConfigValues
    if (Boolean(values['tls.cert']) !== Boolean(values['tls.key']))
      this.#problems.push('tls.cert and tls.key belong together: set both, or none.')
    this.#problems.push(...clusterProblems(values))
    if (this.#problems.length > 0) throw new ConfigError(this.#problems)
    return {
      values,
      settings: { ...defaultSettings(), ...Object.fromEntries(this.#settings) },
      sources: this.#sources,
    }
  }

  #table(table: object, prefix: string, file: string): void {
    for (const [name, value] of Object.entries(table)) {
      const key = `${prefix}${name}`
      if (isConfigKey(key)) this.#take(key, value, file, dirname(file))
      else if (
        key.startsWith(`${SETTINGS_SECTION}.`) &&
        isSettingKey(key.slice(SETTINGS_SECTION.length + 1))
      ) {
        const setting = key.slice(SETTINGS_SECTION.length + 1) as SettingKey
        this.#setting(setting, parseSetting(setting, value), file)
      } else if (isTable(value)) this.#table(value, `${key}.`, file)
      else this.#unknown(key, file)
    }
  }

  #unknown(key: string, file: string): void {
    const names = [...CONFIG_KEYS, ...SETTING_KEYS.map(setting => `${SETTINGS_SECTION}.${setting}`)]
    const near = nearestName(key, names)
    this.#problems.push(
      `${file}: the key ${key} is not known${near ? `; did you mean ${near}?` : '; see docs/configuration.md.'}`,
    )
  }

  #setting(key: SettingKey, parsed: ReturnType<typeof parseSetting>, source: string): void {
    if (!parsed.ok) {
      this.#problems.push(`${source}: ${parsed.error}`)
      return
    }
    this.#settings.set(key, parsed.value)
    this.#sources.set(`${SETTINGS_SECTION}.${key}`, source)
  }

  #take(key: ConfigKey, given: unknown, source: string, base: string): void {
    const row: ConfigRow = CONFIG[key]
    if (!accepts(row, given)) {
      const shown = row.secret ? 'what is given there' : JSON.stringify(given)
      this.#problems.push(`${source}: ${key} takes ${takes(row)}, not ${shown}.`)
      return
    }
    this.#values.set(key, row.type === 'path' ? absolute(String(given), base) : given)
    this.#sources.set(key, source)
  }
}

/** Without the excerpt that the parser adds: a password may stand in that line. */
function tomlReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [reason = ''] = error.message.trim().split('\n')
  return error instanceof TomlError ? `${reason} (line ${error.line}, column ${error.column})` : reason
}

function clusterProblems(values: ConfigValues): string[] {
  const servers = values['bus.servers']
  const problems: string[] = []
  if (servers.length > 0 && values['database.url'] === '')
    problems.push(
      'bus.servers joins the nodes of a PostgreSQL, and database.url is empty: set database.url, or leave bus.servers out.',
    )
  const login = natsServersProblem(servers)
  if (login) problems.push(login)
  if (Boolean(values['bus.cert']) !== Boolean(values['bus.key']))
    problems.push('bus.cert and bus.key belong together: set both, or none.')
  return problems
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function absolute(path: string, base: string): string {
  return path === '' || isAbsolute(path) ? path : resolve(base, path)
}

function fromText(row: ConfigRow, given: string): unknown {
  if (row.type === 'integer') return /^-?\d{1,15}$/.test(given) ? Number(given) : given
  if (row.type === 'boolean') return given === 'true' ? true : given === 'false' ? false : given
  if (row.type === 'list')
    return given
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '')
  return given
}

function accepts(row: ConfigRow, given: unknown): boolean {
  switch (row.type) {
    case 'text':
      return typeof given === 'string' && (given === '' || !row.item || row.item.accepts(given))
    case 'path':
      return typeof given === 'string'
    case 'integer':
      return Number.isInteger(given) && (given as number) >= row.min && (given as number) <= row.max
    case 'boolean':
      return typeof given === 'boolean'
    case 'enum':
      return row.values.some(value => value === given)
    case 'list':
      return Array.isArray(given) && given.every(item => typeof item === 'string' && row.item.accepts(item))
  }
}
