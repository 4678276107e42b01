import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CLOCK,
  HMAC_KEY,
  ISSUED_AT,
  PRIME256V1_PRIVATE_PEM,
  PRIME256V1_PUBLIC_PEM,
  SDK_APP_ID,
  V1_VECTORS,
  V2_VECTORS,
} from '../test/vectors.ts'
import { runUsersigCommand } from './cli.ts'
import { decodeRoomRights } from './private-map-key.ts'
import { decode, verify } from './verify.ts'

let folder = ''
let keyFile = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rookery-usersig-'))
  keyFile = join(folder, 'app.key')
  await Bun.write(keyFile, `${HMAC_KEY}\n`)
})

afterAll(() => rm(folder, { recursive: true }))

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(
  line: string,
  { stdin = '', env = {} }: { stdin?: string; env?: object } = {},
): Promise<Outcome> {
  let out = ''
  let err = ''
  const code = await runUsersigCommand(line.split(' ').filter(Boolean), {
    stdout: text => {
      out += text
    },
    stderr: text => {
      err += text
    },
    env: { ...env },
    readStdin: async () => stdin,
  })
  return { code, out, err }
}

const APP = `--sdkappid ${SDK_APP_ID}`
const ALICE = `${APP} --user alice`
const TICKET = V2_VECTORS[0]!.ticket
const KEY_ENV = { env: { ROOKERY_USERSIG_KEY: HMAC_KEY } }

describe('sign', () => {
  test('prints the UserSig alone on standard output, with the key from a file, the environment or standard input', async () => {
    const line = `sign ${ALICE} --now ${ISSUED_AT}`
    const outcomes = [
      await run(`${line} --key-file ${keyFile}`),
      await run(`${line} --key-file -`, { stdin: `${HMAC_KEY}\r\n` }),
      await run(line, KEY_ENV),
      await run(line, { stdin: HMAC_KEY }),
    ]
    for (const { code, out } of outcomes) {
      expect(code).toBe(0)
      expect(out).toBe(outcomes[0]!.out)
    }
    const keys = [{ id: 'k', kind: 'hmac', key: HMAC_KEY }] as const
    const asked = { userId: 'alice', sdkAppId: SDK_APP_ID, keys, now: CLOCK }
    expect(verify(outcomes[0]!.out.trimEnd(), asked)).toMatchObject({ ok: true, expire: 15552000 })
    expect(outcomes[0]!.err).toContain('in 15552000 s (about 180 days)')
  })

  test('takes a lifetime with a unit, and prints JSON', async () => {
    const { code, out, err } = await run(`sign ${ALICE} --expire 12h --now ${ISSUED_AT} --json`, KEY_ENV)
    expect(code).toBe(0)
    expect(err).toBe('')
    const { userSig, ...fields } = JSON.parse(out) as { userSig: string }
    expect(fields).toEqual({
      version: 'v2',
      userId: 'alice',
      sdkAppId: SDK_APP_ID,
      time: ISSUED_AT,
      expire: 43200,
      expiresAt: ISSUED_AT + 43200,
    } as never)
    expect(decode(userSig).ok).toBe(true)
  })

  test('makes room tickets', async () => {
    const rightsOf = async (options: string) => {
      const { out } = await run(`sign ${ALICE} ${options}`, KEY_ENV)
      const said = decode(out.trimEnd())
      return said.ok && said.userbuf && decodeRoomRights(said.userbuf)
    }
    expect(await rightsOf('--room 10000')).toMatchObject({ room: 10000, privilege: 255 })
    expect(await rightsOf('--room-name room-A1 --privilege 42')).toMatchObject({
      room: 'room-A1',
      privilege: 42,
    })
  })

  test('makes a v1 UserSig with a private PEM key', async () => {
    const privateFile = join(folder, 'private.pem')
    const publicFile = join(folder, 'public.pem')
    await Bun.write(privateFile, PRIME256V1_PRIVATE_PEM)
    await Bun.write(publicFile, PRIME256V1_PUBLIC_PEM)
    const { code, out } = await run(`sign ${ALICE} --key-file ${privateFile}`)
    expect(code).toBe(0)
    const check = await run(`verify ${out.trimEnd()} ${ALICE} --key-file ${publicFile}`)
    expect(check.out).toStartWith('Valid.\n')
    expect(check.out).toContain('v1')
    const wrong = await run(`verify ${out.trimEnd()} ${ALICE} --key-file ${privateFile}`)
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('not a PUBLIC KEY')
  })

  test('refuses values that no verifier accepts, with exit code 2 and the reason', async () => {
    const cases: Readonly<Record<string, string>> = {
      [`sign ${APP} --user ${'x'.repeat(33)}`]: 'userId is not usable',
      'sign --sdkappid 0 --user alice': 'sdkAppId must be a whole number',
      [`sign ${ALICE} --expire 0`]: 'expire must be a lifetime',
      [`sign ${ALICE} --expire soon`]: '--expire must be seconds, or like 90m',
      [`sign ${ALICE} --now 1.5`]: '--now must be a whole number',
      [`sign ${ALICE} --privilege 1`]: '--privilege needs --room',
      [`sign ${ALICE} --room 1 --room-name a`]: 'either --room or --room-name',
      [`sign ${ALICE} --room 4294967296`]: 'room must be a whole number',
      [`sign ${APP}`]: '--user is missing',
      'sign --user alice': '--sdkappid is missing',
      [`sign ${ALICE} extra`]: 'does not know "extra"',
      [`sign ${ALICE} --skew 5`]: '"sign" has no option --skew',
      [`sign ${ALICE} --key-file ${'/nowhere/app.key'}`]:
        'The key file "/nowhere/app.key" cannot be read (ENOENT)',
    }
    for (const [line, message] of Object.entries(cases)) {
      const { code, out, err } = await run(line, KEY_ENV)
      expect(err).toContain(message)
      expect(err).toContain('rookery usersig --help')
      expect(out).toBe('')
      expect(code).toBe(2)
    }
  })
})

describe('verify', () => {
  test('says that a UserSig is valid, until when, and by which key', async () => {
    const { code, out } = await run(`verify ${TICKET} ${ALICE} --key-file ${keyFile} --now ${CLOCK}`)
    expect(out).toBe(
      [
        'Valid.',
        '  Generation  v2',
        '  UserID      alice',
        '  SDKAppID    1400000001',
        '  Issued      1700000000 (2023-11-14T22:13:20Z)',
        '  Lifetime    15552000 s (about 180 days)',
        '  Ends        1715552000 (2024-05-12T22:13:20Z), in 15551900 s (about 180 days)',
        '  Key         app.key',
        '',
      ].join('\n'),
    )
    expect(code).toBe(0)
  })

  test('says why a UserSig is not valid, with exit code 1', async () => {
    const late = await run(`verify ${TICKET} ${ALICE} --now 1715552001`, KEY_ENV)
    expect(late.code).toBe(1)
    expect(late.out).toContain('Not valid: 70001 (expiry)')
    const wrongUser = await run(`verify ${TICKET} ${APP} --user bob --now ${CLOCK} --json`, KEY_ENV)
    expect(wrongUser.code).toBe(1)
    expect(JSON.parse(wrongUser.out)).toMatchObject({ ok: false, code: 70013, check: 'user-id' })
    const ahead = await run(`verify ${TICKET} ${ALICE} --now ${ISSUED_AT - 301}`, KEY_ENV)
    expect(ahead.out).toContain('Not valid: 70010 (clock)')
    expect((await run(`verify ${TICKET} ${ALICE} --now ${ISSUED_AT - 301} --skew 400`, KEY_ENV)).code).toBe(0)
  })

  test('takes several keys, and the UserSig from a file or standard input', async () => {
    const otherFile = join(folder, 'other.key')
    const ticketFile = join(folder, 'ticket.txt')
    await Bun.write(otherFile, 'another key of at least thirty-two bytes\n')
    await Bun.write(ticketFile, `${TICKET}\n`)
    const keys = `--key-file ${otherFile} --key-file ${keyFile}`
    const fromFile = await run(`verify ${ALICE} --ticket-file ${ticketFile} ${keys} --now ${CLOCK}`)
    expect(fromFile.out).toContain('Key         app.key')
    const fromStdin = await run(`verify - ${ALICE} ${keys} --now ${CLOCK}`, { stdin: TICKET })
    expect(fromStdin.out).toBe(fromFile.out)
    expect(
      (await run(`verify - ${ALICE} --key-file ${otherFile} --now ${CLOCK}`, { stdin: TICKET })).code,
    ).toBe(1)
  })

  test('refuses command lines that it cannot serve', async () => {
    const cases: Readonly<Record<string, string>> = {
      [`verify ${ALICE}`]: '--ticket-file (or the UserSig itself) is missing',
      [`verify a b ${ALICE}`]: 'more than one UserSig',
      [`verify a --ticket-file b ${ALICE}`]: 'either on the command line or with --ticket-file',
      [`verify - ${ALICE}`]: 'Standard input gives the UserSig, so the key must come from elsewhere',
      [`verify ${TICKET} ${ALICE}`]: 'The key from standard input is empty',
      [`verify ${TICKET} --user alice`]: '--sdkappid is missing',
      [`verify ${TICKET} ${ALICE} --expire 5`]: '"verify" has no option --expire',
      [`verify ${TICKET} ${ALICE} --unknown`]: '--unknown',
    }
    for (const [line, message] of Object.entries(cases)) {
      const { code, err } = await run(line)
      expect(err).toContain(message)
      expect(code).toBe(2)
    }
    const lines = await run(`verify ${TICKET} ${ALICE}`, { stdin: `${HMAC_KEY}\n${HMAC_KEY}\n` })
    expect(lines.err).toContain('has several lines')
  })
})

describe('inspect', () => {
  test('shows every check, also without a key, and what was not checked', async () => {
    const { code, out } = await run(`inspect ${TICKET} --now ${CLOCK}`)
    expect(code).toBe(0)
    expect(out).toStartWith(
      'No check failed; not checked: app-known, app-enabled, user-id, sdk-app-id, key, signature.\n',
    )
    expect(out).toContain('  UserID      alice\n')
    expect(out).toMatch(/passed {2}inflate/)
    expect(out).toMatch(/skipped signature/)
  })

  test('shows all failures of a UserSig, and the code that a login would answer', async () => {
    const { code, out } = await run(`inspect ${TICKET} ${APP} --user bob --now 1800000000`, {
      env: { ROOKERY_USERSIG_KEY: 'a wrong key' },
    })
    expect(code).toBe(1)
    expect(out).toStartWith('Not valid: a login would answer 70013.\n')
    for (const part of [
      /failed {2}user-id {5}70013/,
      /failed {2}expiry {6}70001/,
      /failed {2}signature {3}70009/,
    ]) {
      expect(out).toMatch(part)
    }
  })

  test('shows a room ticket and a v1 ticket, and JSON', async () => {
    const room = await run(`inspect ${V2_VECTORS[10]!.ticket} --now ${CLOCK}`)
    expect(room.out).toContain('room "room-A1", privilege 42')
    const v1 = await run(`inspect ${V1_VECTORS[2]!.ticket} --now ${CLOCK} --json`, {
      env: { ROOKERY_USERSIG_KEY: V1_VECTORS[2]!.publicKeyPem },
    })
    expect(JSON.parse(v1.out)).toMatchObject({
      ok: true,
      keyId: 'ROOKERY_USERSIG_KEY',
      fields: { version: 'v1', userbuf: 'aGVsbG8=' },
    })
    expect((await run('inspect %%% --json')).code).toBe(1)
  })
})

test('help is printed for --help, and a wrong command gets exit code 2', async () => {
  for (const line of ['--help', '-h', 'help', 'sign --help']) {
    const { code, out } = await run(line)
    expect(code).toBe(0)
    expect(out).toContain('rookery usersig sign')
    expect(out).toContain('Exit code')
  }
  expect(await run('')).toMatchObject({ code: 2, out: '' })
  expect((await run('singn')).err).toContain('There is no "singn"')
})

test('a key on the command line is refused, and no output ever shows a key', async () => {
  for (const line of [`sign ${ALICE} --key ${HMAC_KEY}`, `sign ${ALICE} --key=${HMAC_KEY}`]) {
    const { code, out, err } = await run(line)
    expect(code).toBe(2)
    expect(err).toContain('--key-file')
    expect(out + err).not.toContain(HMAC_KEY)
  }
  for (const line of [
    `sign ${ALICE}`,
    `verify ${TICKET} ${ALICE}`,
    `inspect ${TICKET} --json`,
    `sign --user x`,
  ]) {
    const { out, err } = await run(line, KEY_ENV)
    expect(out + err).not.toContain(HMAC_KEY.slice(0, 12))
  }
})
