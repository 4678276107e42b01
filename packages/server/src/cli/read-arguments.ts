import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { TSchema } from 'typebox'
import type { ArgumentHints, OperatorCommand } from './operator-command.ts'

/** The command line can't be used; the message says why. */
export class UsageError extends Error {}

interface Argument extends ArgumentHints {
  readonly name: string
  readonly required: boolean
  readonly type: string
  readonly values: readonly string[] | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  /** `--max-ticket-lifetime`, without the dashes. */
  readonly option: string
}

/** Options that every command has. */
export interface CommonOptions {
  readonly config: string | undefined
  readonly data: string | undefined
  readonly json: boolean
  readonly yes: boolean
  readonly help: boolean
}

const COMMON = {
  config: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads the words and options of a command as its schema wants them. Throws a {@link UsageError}. */
export function readArguments(
  command: OperatorCommand,
  words: readonly string[],
): { readonly args: Record<string, unknown>; readonly common: CommonOptions } {
  const known = argumentsOf(command)
  const options: NonNullable<ParseArgsConfig['options']> = { ...COMMON }
  for (const argument of known)
    if (argument.position === undefined)
      options[argument.option] = { type: argument.type === 'boolean' ? 'boolean' : 'string' }
  const { values, positionals } = parsed(words, options)
  const common = {
    config: values.config as string | undefined,
    data: values.data as string | undefined,
    json: values.json === true,
    yes: values.yes === true,
    help: values.help === true,
  }
  if (common.help) return { args: {}, common }
  const args: Record<string, unknown> = {}
  const positional = known.filter(argument => argument.position !== undefined)
  for (const argument of known) {
    const given =
      argument.position === undefined ? values[argument.option] : positionals[argument.position - 1]
    if (given === undefined) {
      if (argument.required) throw new UsageError(`${shownName(argument)} is missing.`)
      continue
    }
    args[argument.name] = typeof given === 'string' ? valueOfText(argument, given) : given
  }
  const extra = positionals[positional.length]
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many.`)
  return { args, common }
}

/** `rookery key rotate SDKAPPID [--accept-for TIME]` with a line for each option. */
export function usageOf(command: OperatorCommand): string {
  const known = argumentsOf(command)
  const words = known
    .filter(argument => argument.position !== undefined)
    .map(argument => (argument.required ? shownName(argument) : `[${shownName(argument)}]`))
  const options = known.filter(argument => argument.position === undefined)
  const lines = options.map(argument => {
    const word =
      argument.type === 'boolean' ? '' : ` ${argument.word ?? (argument.fromFile ? 'FILE' : 'VALUE')}`
    const left = `--${argument.option}${word}`
    return `  ${left.padEnd(30)}${argument.description ?? ''}${argument.required ? ' (required)' : ''}`
  })
  if (command.confirm) lines.push(`  ${'--yes'.padEnd(30)}Do it. ${command.confirm}`)
  return [
    `rookery ${[command.name, ...words].join(' ')}${options.length > 0 ? ' [options]' : ''}`,
    '',
    command.summary,
    '',
    ...lines,
    `  ${'--config FILE, --data FOLDER'.padEnd(30)}Which server (rookery.toml, data folder).`,
    `  ${'--json'.padEnd(30)}Print JSON.`,
  ].join('\n')
}

function argumentsOf(command: OperatorCommand): Argument[] {
  const required = new Set<string>((command.args as { required?: readonly string[] }).required ?? [])
  return Object.entries(command.args.properties as Record<string, TSchema>)
    .map(([name, schema]): Argument => {
      const node = schema as ArgumentHints & {
        type?: string
        enum?: readonly string[]
        minimum?: number
        maximum?: number
      }
      const kebab = name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
      return {
        name,
        required: required.has(name),
        type: node.type ?? 'string',
        values: node.enum,
        minimum: node.minimum,
        maximum: node.maximum,
        option: node.fromFile ? `${kebab}-file` : kebab,
        ...(node.position !== undefined && { position: node.position }),
        ...(node.word !== undefined && { word: node.word }),
        ...(node.fromFile !== undefined && { fromFile: node.fromFile }),
        ...(node.description !== undefined && { description: node.description }),
      }
    })
    .sort((a, b) => (a.position ?? 99) - (b.position ?? 99))
}

function parsed(words: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function shownName(argument: Argument): string {
  return argument.position === undefined
    ? `--${argument.option}`
    : (argument.word ?? argument.name.toUpperCase())
}

function valueOfText(argument: Argument, given: string): unknown {
  if (argument.fromFile) return fileText(argument, given)
  if (argument.values && !argument.values.includes(given))
    throw new UsageError(`${shownName(argument)} takes one of ${argument.values.join(', ')}, not "${given}".`)
  if (argument.type === 'array')
    return given
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '')
  if (argument.type === 'integer') {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = argument
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= minimum && value <= maximum))
      throw new UsageError(
        `${shownName(argument)} takes a whole number from ${minimum} to ${maximum}, not "${given}".`,
      )
    return value
  }
  if (given === '' && argument.required) throw new UsageError(`${shownName(argument)} is empty.`)
  return given
}

function fileText(argument: Argument, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UsageError(`The file "${path}" of --${argument.option} can't be read (${code}).`)
  }
}
