/** `rookery usersig sign | verify | inspect`. */
import {
  allowOnly,
  type CommandLine,
  givenKeys,
  isPem,
  KEY_VARIABLE,
  lifetime,
  type NamedKey,
  needed,
  readCommandLine,
  readTicket,
  requiredKeys,
  Stdin,
  UsageError,
  type UsersigIo,
  verifyingKey,
  wholeNumber,
} from './cli-input.ts'
import { fieldsText, inspectionText, jsonText, verifyText } from './cli-report.ts'
import { systemClock } from './clock-text.ts'
import { inspect } from './inspect.ts'
import { signPrivateMapKey } from './private-map-key.ts'
import { sign, type TicketContent } from './sign.ts'
import { sign as signV1, v1Verifier } from './v1/v1.ts'
import { decode, verify } from './verify.ts'

export type { UsersigIo } from './cli-input.ts'

const PASSED = 0
const FAILED = 1
const USAGE = 2

const USAGE_TEXT = `Make and check UserSig tickets.

  rookery usersig sign --sdkappid N --user USERID [--expire 180d] [--room N | --room-name NAME] [--privilege N]
  rookery usersig verify USERSIG --sdkappid N --user USERID
  rookery usersig inspect USERSIG [--sdkappid N] [--user USERID]

  sign     prints a UserSig; with --room or --room-name a room ticket (PrivateMapKey)
  verify   says whether the UserSig is valid for this app and user
  inspect  runs every check, also without a key, and shows why a UserSig fails

The key is read from --key-file FILE, else from the variable ${KEY_VARIABLE}, else from standard input
(inspect: only from the first two). It is the secret key as the console shows it. For v1 it is a PEM block: the private
key to sign, the public key to check.

  --key-file FILE     may be given again for each further key; - is standard input
  --ticket-file FILE  instead of USERSIG; - (also as USERSIG) is standard input
  --expire TIME       lifetime in seconds, or like 90m, 12h, 180d (180d; 300 s for a room ticket)
  --privilege N       sum of room rights, 1 to 255 (255)
  --now SECONDS       use this Unix time in place of the clock
  --skew SECONDS      how far ahead of the clock a UserSig may be issued (300)
  --json              print JSON

Exit code: 0 done or valid, 1 not valid, 2 command line not usable.
`

interface Context {
  readonly line: CommandLine
  readonly io: UsersigIo
  readonly stdin: Stdin
  readonly now: number
}

function signTicket({ line: { values }, now }: Context, key: NamedKey): string {
  const expire = lifetime(values.expire)
  const content: TicketContent = {
    sdkAppId: needed(wholeNumber(values.sdkappid, 'sdkappid'), 'sdkappid'),
    userId: needed(values.user, 'user'),
    now,
    ...(expire === undefined ? undefined : { expire }),
  }
  const room = wholeNumber(values.room, 'room') ?? values['room-name']
  if (room === undefined && values.privilege !== undefined) {
    throw new UsageError('--privilege needs --room or --room-name.')
  }
  if (isPem(key)) {
    if (room !== undefined)
      throw new UsageError('Room tickets are signed with a secret key, not with a v1 PEM key.')
    return signV1({ ...content, privateKeyPem: key.text })
  }
  if (room === undefined) return sign({ ...content, key: key.text })
  const privilege = wholeNumber(values.privilege, 'privilege')
  return signPrivateMapKey({
    ...content,
    key: key.text,
    room,
    ...(privilege === undefined ? undefined : { privilege }),
  })
}

/** What `sign` throws for a value or a key that it refuses is a mistake on the command line. */
function asUsage<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new UsageError(error.message)
    throw error
  }
}

async function runSign(context: Context): Promise<number> {
  const { line, io, stdin, now } = context
  allowOnly('sign', line, [
    'sdkappid',
    'user',
    'expire',
    'room',
    'room-name',
    'privilege',
    'key-file',
    'now',
    'json',
  ])
  if (line.positionals.length > 0) throw new UsageError(`"sign" does not know "${line.positionals[0]}".`)
  if (line.values.room !== undefined && line.values['room-name'] !== undefined) {
    throw new UsageError('Give either --room or --room-name.')
  }
  needed(line.values.sdkappid, 'sdkappid')
  needed(line.values.user, 'user')
  const [key, ...others] = await requiredKeys(line, io, stdin)
  if (others.length > 0) throw new UsageError('"sign" takes one key.')
  const userSig = asUsage(() => signTicket(context, key!))
  const decoded = decode(userSig)
  if (!decoded.ok) throw new Error(decoded.detail)
  if (line.values.json) {
    const { ok: _, signedTexts: __, ...fields } = decoded
    io.stdout(jsonText({ userSig, ...fields }))
  } else {
    io.stderr(fieldsText(decoded, now))
    io.stdout(`${userSig}\n`)
  }
  return PASSED
}

function skewOf(line: CommandLine): { clockSkewAhead?: number } {
  const clockSkewAhead = wholeNumber(line.values.skew, 'skew')
  return clockSkewAhead === undefined ? {} : { clockSkewAhead }
}

async function runVerify({ line, io, stdin, now }: Context): Promise<number> {
  allowOnly('verify', line, ['sdkappid', 'user', 'key-file', 'ticket-file', 'now', 'skew', 'json'])
  const sdkAppId = needed(wholeNumber(line.values.sdkappid, 'sdkappid'), 'sdkappid')
  const userId = needed(line.values.user, 'user')
  const ticket = await readTicket(line, stdin)
  const keys = (await requiredKeys(line, io, stdin)).map(verifyingKey)
  const result = verify(ticket, { sdkAppId, userId, keys, now, ...skewOf(line), v1: v1Verifier })
  io.stdout(line.values.json ? jsonText(result) : verifyText(result, now))
  return result.ok ? PASSED : FAILED
}

async function runInspect({ line, io, stdin, now }: Context): Promise<number> {
  allowOnly('inspect', line, ['sdkappid', 'user', 'key-file', 'ticket-file', 'now', 'skew', 'json'])
  const sdkAppId = wholeNumber(line.values.sdkappid, 'sdkappid')
  const userId = line.values.user
  const ticket = await readTicket(line, stdin)
  const keys = (await givenKeys(line, io, stdin)).map(verifyingKey)
  const inspection = inspect(ticket, {
    now,
    v1: v1Verifier,
    ...skewOf(line),
    ...(sdkAppId === undefined ? undefined : { sdkAppId }),
    ...(userId === undefined ? undefined : { userId }),
    ...(keys.length === 0 ? undefined : { keys }),
  })
  io.stdout(line.values.json ? jsonText(inspection) : inspectionText(inspection, now))
  return inspection.ok ? PASSED : FAILED
}

const COMMANDS: ReadonlyMap<string, (context: Context) => Promise<number>> = new Map([
  ['sign', runSign],
  ['verify', runVerify],
  ['inspect', runInspect],
])

/**
 * Runs `rookery usersig …`; `args` is what follows `usersig`. Answers the exit code: 0 done or valid, 1 the UserSig is
 * not valid, 2 the command line (or a key, or a value to sign) is not usable. Never prints a key.
 */
export async function runUsersigCommand(args: readonly string[], io: UsersigIo): Promise<number> {
  try {
    const [name = '', ...rest] = args
    const command = COMMANDS.get(name)
    const line = readCommandLine(command === undefined ? args : rest)
    if (line.values.help || name === 'help') {
      io.stdout(USAGE_TEXT)
      return PASSED
    }
    if (command === undefined) {
      throw new UsageError(
        name === '' ? 'Say what to do: sign, verify or inspect.' : `There is no "${name}".`,
      )
    }
    const now = wholeNumber(line.values.now, 'now') ?? systemClock()
    return await command({ line, io, stdin: new Stdin(io), now })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr(`rookery usersig: ${error.message}\nSee: rookery usersig --help\n`)
    return USAGE
  }
}
