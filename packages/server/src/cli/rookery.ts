#!/usr/bin/env bun
import { ConfigError, loadConfig } from '../config/load-config.ts'
import { nearestName } from '../config/nearest-name.ts'
import { DataFolderInUseError } from '../store/data-folder-lock.ts'
import { TransferError } from '../store/transfer/transfer-database.ts'
import { helpText } from './help.ts'
import { RefusedError, runOperatorCommand } from './operator-access.ts'
import type { OperatorCommand } from './operator-command.ts'
import { operatorCommand, operatorCommands } from './operator-commands.ts'
import { type CommonOptions, readArguments, UsageError, usageOf } from './read-arguments.ts'
import { VERSION } from './version.ts'

const DONE = 0
const FAILED = 1
const USAGE = 2

/** Loaded when they are asked for: the server's modules are no matter for `rookery usersig`. */
const PROGRAMS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve: async args => (await import('./serve.ts')).runServe(args),
  config: async args => (await import('./config-command.ts')).runConfig(args),
  health: async args => (await import('./health-command.ts')).runHealth(args),
  migrate: async args => (await import('./migrate-command.ts')).runMigrate(args),
  export: async args => (await import('./export-command.ts')).runExport(args),
  import: async args => (await import('./import-command.ts')).runImport(args),
  usersig: async args =>
    (await import('@rookery/usersig/cli')).runUsersigCommand(args, {
      stdout: text => process.stdout.write(text),
      stderr: text => process.stderr.write(text),
      env: process.env,
      readStdin: () => Bun.stdin.text(),
    }),
}

async function main(words: readonly string[]): Promise<number> {
  const [first = '', second = ''] = words
  if (first === '' || first === 'help' || first === '--help' || first === '-h') {
    const asked = words.slice(1).join(' ')
    const command = operatorCommand(asked)
    const text = command ? usageOf(command) : helpText(operatorCommands, asked)
    ;(first === '' ? process.stderr : process.stdout).write(`${text}\n`)
    return first === '' ? USAGE : DONE
  }
  if (first === '--version' || first === '-v' || first === 'version') {
    process.stdout.write(`rookery ${VERSION}\n`)
    return DONE
  }
  const program = Object.hasOwn(PROGRAMS, first) ? PROGRAMS[first] : undefined
  if (program) return program(words.slice(1))
  const command = operatorCommand(`${first} ${second}`)
  if (command) return runOperator(command, words.slice(2))
  if (
    operatorCommands.some(({ name }) => name.startsWith(`${first} `)) &&
    (second === '' || second === '--help')
  ) {
    process.stdout.write(`${helpText(operatorCommands, first)}\n`)
    return second === '' ? USAGE : DONE
  }
  throw new UsageError(unknownCommand(first, second))
}

async function runOperator(command: OperatorCommand, words: readonly string[]): Promise<number> {
  const { args, common } = readArguments(command, words)
  if (common.help) {
    process.stdout.write(`${usageOf(command)}\n`)
    return DONE
  }
  if (command.confirm && !common.yes) throw new UsageError(`${command.confirm} To do it, add --yes.`)
  const result = await runOperatorCommand(command, args, configOf(common), process.env)
  const text = common.json ? JSON.stringify(result, null, 2) : command.show(result)
  if (text) process.stdout.write(`${text}\n`)
  return DONE
}

function configOf(common: CommonOptions) {
  return loadConfig({
    ...(common.config !== undefined && { configFile: common.config }),
    env: process.env,
    cwd: process.cwd(),
    flags: { ...(common.data !== undefined && { 'data.folder': common.data }) },
  })
}

function unknownCommand(first: string, second: string): string {
  const given = `${first} ${second}`.trim()
  const near =
    nearestName(given, [...operatorCommands.map(({ name }) => name), ...Object.keys(PROGRAMS)]) ??
    nearestName(first, Object.keys(PROGRAMS))
  return `There is no command "${given}"${near ? `; did you mean "${near}"?` : '.'}`
}

// Whatever is made holds messages and secrets: for this user only.
process.umask(0o077)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`rookery: ${error.message}\nSee: rookery help\n`)
    process.exitCode = USAGE
  } else if (
    error instanceof RefusedError ||
    error instanceof ConfigError ||
    error instanceof DataFolderInUseError ||
    error instanceof TransferError
  ) {
    process.stderr.write(`rookery: ${error.message}\n`)
    process.exitCode = FAILED
  } else throw error
}
