import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { TicketKey } from './ticket-key.ts'

/** What the command line reads and writes; the process's own streams in `rookery`, buffers in tests. */
export interface UsersigIo {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readStdin: () => Promise<string>
}

/** The command line was not usable; the message says how to put it right. */
export class UsageError extends Error {}

export const KEY_VARIABLE = 'ROOKERY_USERSIG_KEY'

const OPTIONS = {
  sdkappid: { type: 'string' },
  user: { type: 'string' },
  expire: { type: 'string' },
  room: { type: 'string' },
  'room-name': { type: 'string' },
  privilege: { type: 'string' },
  'key-file': { type: 'string', multiple: true },
  'ticket-file': { type: 'string' },
  now: { type: 'string' },
  skew: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type OptionName = keyof typeof OPTIONS

export interface CommandLine {
  readonly values: {
    readonly [Name in Exclude<OptionName, 'key-file' | 'json' | 'help'>]?: string
  } & { readonly 'key-file'?: readonly string[]; readonly json?: boolean; readonly help?: boolean }
  readonly positionals: readonly string[]
}

export function readCommandLine(args: readonly string[]): CommandLine {
  if (args.some(arg => arg === '--key' || arg.startsWith('--key='))) {
    throw new UsageError(
      'A key is not taken from the command line, where other users of the machine can read it. ' +
        `Use --key-file FILE, the variable ${KEY_VARIABLE}, or standard input.`,
    )
  }
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Refuses options that a command has no use for: silently ignoring one would hide a mistake. */
export function allowOnly(command: string, { values }: CommandLine, names: readonly OptionName[]): void {
  const stray = Object.keys(values).find(name => !names.includes(name as OptionName))
  if (stray !== undefined) throw new UsageError(`"${command}" has no option --${stray}.`)
}

export function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`--${option} must be a whole number, not "${text}".`)
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 }

/** Seconds, or a number with the unit s, m, h or d. */
export function lifetime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d{1,12})([smhd]?)$/.exec(text)
  if (match === null) throw new UsageError(`--expire must be seconds, or like 90m, 12h, 180d; not "${text}".`)
  return Number(match[1]) * UNIT_SECONDS[match[2] || 's']!
}

export function needed<T>(value: T | undefined, option: string): T {
  if (value === undefined) throw new UsageError(`--${option} is missing.`)
  return value
}

async function fileText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UsageError(`The ${what} "${path}" cannot be read (${reason}).`)
  }
}

/** Standard input for one thing only: a key and a ticket cannot both come from it. */
export class Stdin {
  readonly #io: UsersigIo
  #usedFor: string | undefined

  constructor(io: UsersigIo) {
    this.#io = io
  }

  async read(what: string): Promise<string> {
    if (this.#usedFor !== undefined) {
      throw new UsageError(
        `Standard input gives the ${this.#usedFor}, so the ${what} must come from elsewhere: ` +
          `--key-file, ${KEY_VARIABLE} or --ticket-file.`,
      )
    }
    this.#usedFor = what
    return this.#io.readStdin()
  }
}

export async function readTicket(line: CommandLine, stdin: Stdin): Promise<string> {
  const file = line.values['ticket-file']
  const [given, ...rest] = line.positionals
  if (rest.length > 0) throw new UsageError('There is more than one UserSig on the command line.')
  if (file !== undefined && given !== undefined) {
    throw new UsageError('Give the UserSig either on the command line or with --ticket-file.')
  }
  if (file !== undefined && file !== '-') return fileText(file, 'ticket file')
  if (file === '-' || given === '-') return stdin.read('UserSig')
  return needed(given, 'ticket-file (or the UserSig itself)')
}

export interface NamedKey {
  readonly id: string
  readonly text: string
}

export function isPem(key: NamedKey): boolean {
  return key.text.includes('-----BEGIN')
}

function namedKey(id: string, raw: string): NamedKey {
  const text = raw.replace(/\r?\n$/, '')
  if (text === '') throw new UsageError(`The key from ${id} is empty.`)
  const key = { id, text }
  if (!isPem(key) && text.includes('\n')) {
    throw new UsageError(
      `The key from ${id} has several lines: a secret key is one line, or a PEM block for v1.`,
    )
  }
  return key
}

/** Keys from --key-file or the environment; none when neither is given. */
export async function givenKeys(
  line: CommandLine,
  io: UsersigIo,
  stdin: Stdin,
): Promise<readonly NamedKey[]> {
  const files = line.values['key-file'] ?? []
  const keys: NamedKey[] = []
  for (const file of files) {
    const fromStdin = file === '-'
    const text = fromStdin ? await stdin.read('key') : await fileText(file, 'key file')
    keys.push(namedKey(fromStdin ? 'standard input' : basename(file), text))
  }
  const variable = io.env[KEY_VARIABLE]
  if (keys.length > 0 || variable === undefined || variable === '') return keys
  return [namedKey(KEY_VARIABLE, variable)]
}

/** Like `givenKeys`, and standard input when neither is given. */
export async function requiredKeys(
  line: CommandLine,
  io: UsersigIo,
  stdin: Stdin,
): Promise<readonly NamedKey[]> {
  const keys = await givenKeys(line, io, stdin)
  return keys.length > 0 ? keys : [namedKey('standard input', await stdin.read('key'))]
}

/** A key text as a verifying key: a public PEM checks v1 tickets, any other text is an HMAC key. */
export function verifyingKey(key: NamedKey): TicketKey {
  if (!isPem(key)) return { id: key.id, kind: 'hmac', key: key.text }
  if (!key.text.includes('-----BEGIN PUBLIC KEY-----')) {
    throw new UsageError(
      `The key from ${key.id} is a PEM block, but not a PUBLIC KEY, which checking a v1 UserSig needs.`,
    )
  }
  return { id: key.id, kind: 'ecdsa', publicKeyPem: key.text }
}
