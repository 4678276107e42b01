import { parseArgs } from 'node:util'
import { SETTING_KEYS } from '@rookery/protocol/limits'
import type { ConfigRow } from '../config/config-row.ts'
import {
  CONFIG,
  CONFIG_KEYS,
  type ConfigKey,
  MASTER_KEY_VARIABLE,
  SETTINGS_SECTION,
} from '../config/config-table.ts'
import { configurationMarkdown } from '../config/configuration-markdown.ts'
import { loadConfig } from '../config/load-config.ts'
import { defaultMasterKeyFile } from '../config/master-key.ts'
import { UsageError } from './read-arguments.ts'
import { textTable } from './text-table.ts'

const USAGE = `rookery config [--config FILE] [--data FOLDER] [--all] [--json]
rookery config --markdown

Shows the configuration that a server started here would have, and where each value comes from.

  --all       also the settings that have their defaults
  --markdown  prints docs/configuration.md
`

const OPTIONS = {
  config: { type: 'string' },
  data: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** `rookery config`. Answers the exit code. */
export async function runConfig(args: readonly string[]): Promise<number> {
  const values = options(args)
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  if (values.markdown) {
    process.stdout.write(configurationMarkdown())
    return 0
  }
  const config = loadConfig({
    ...(values.config !== undefined && { configFile: values.config }),
    env: process.env,
    cwd: process.cwd(),
    flags: { ...(values.data !== undefined && { 'data.folder': values.data }) },
  })
  const source = (key: string) => config.sources.get(key) ?? 'default'
  const rows = [
    ...CONFIG_KEYS.map(key => ({
      key: key as string,
      value: shown(key, config.values[key]),
      from: source(key),
    })),
    ...SETTING_KEYS.map(key => ({
      key: `${SETTINGS_SECTION}.${key}`,
      value: config.settings[key] as unknown,
      from: source(`${SETTINGS_SECTION}.${key}`),
    })).filter(row => values.all || row.from !== 'default'),
  ]
  const masterKey = process.env[MASTER_KEY_VARIABLE]
    ? `from ${MASTER_KEY_VARIABLE} (hidden)`
    : config.values['data.masterKeyFile'] || defaultMasterKeyFile(config.values['data.folder'])
  if (values.json) {
    const file = config.file ?? null
    process.stdout.write(
      `${JSON.stringify({ file, masterKey, values: rows, warnings: config.warnings }, null, 2)}\n`,
    )
    return 0
  }
  const table = textTable(
    ['KEY', 'VALUE', 'FROM'],
    rows.map(row => [row.key, Array.isArray(row.value) ? row.value.join(', ') : String(row.value), row.from]),
  )
  process.stdout.write(
    `Configuration file: ${config.file ?? 'none'}\nMaster key:         ${masterKey}\n\n${table}\n${
      values.all
        ? ''
        : '\nSettings at their defaults are left out; --all shows them. docs/configuration.md explains each.\n'
    }`,
  )
  for (const warning of config.warnings) process.stderr.write(`Warning: ${warning}\n`)
  return 0
}

/** A secret is told to be there, no more. */
function shown(key: ConfigKey, value: unknown): unknown {
  const row: ConfigRow = CONFIG[key]
  const isSet = Array.isArray(value) ? value.length > 0 : value !== ''
  return row.secret && isSet ? '(hidden)' : value
}

function options(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
