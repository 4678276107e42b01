import pino, { type Logger } from 'pino'

export interface LogOptions {
  readonly level: string
  /** `auto`: text on a terminal, JSON lines elsewhere. */
  readonly format: 'auto' | 'json' | 'text'
}

interface LogLine {
  readonly time: number
  readonly level: number
  readonly msg?: string
  readonly [field: string]: unknown
}

/** Fields that hold a ticket or a secret wherever they stand; their values never reach a log. */
const REDACTED = ['usersig', 'userSig', 'UserSig', 'secret', 'key', 'password', 'token', 'authorization']

/** Structured log lines on standard output. */
export function createLogger(
  options: LogOptions,
  out: NodeJS.WritableStream & { isTTY?: boolean } = process.stdout,
): Logger {
  const asText = options.format === 'text' || (options.format === 'auto' && out.isTTY === true)
  return pino(
    {
      level: options.level,
      base: null,
      redact: { paths: REDACTED.flatMap(name => [name, `*.${name}`]), censor: '[hidden]' },
    },
    asText ? { write: line => void out.write(textLine(JSON.parse(line) as LogLine)) } : out,
  )
}

function textLine(line: LogLine): string {
  const { time, level, msg = '', ...fields } = line
  const clock = new Date(time).toISOString().slice(11, 19)
  const label = pino.levels.labels[level]?.toUpperCase().padEnd(5) ?? String(level)
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`)
  return `${clock} ${label} ${msg}${rest.join('')}\n`
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  const error = value as { stack?: string; message?: string } | null
  return error?.stack ?? JSON.stringify(value)
}
