import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { errorEntry } from '@rookery/protocol/error-catalogue'
import { CloseCode } from '@rookery/protocol/wire'
import fc from 'fast-check'
import pino from 'pino'
import { commands } from '../commands/command-table.ts'
import { documentedCodes } from '../commands/documented-codes.ts'
import { HTTP_DOOR_ERRORS, SOCKET_DOOR_ERRORS } from '../commands/door-errors.ts'
import { withinDepth } from '../commands/request-check.ts'
import { requestFor } from '../testing/schema-arbitrary.ts'
import { type Device, startTestServer, type TestServer } from '../testing/test-server.ts'
import { idOfLargeFrame, readFrame } from './socket/request-frame.ts'

/** More in a nightly run: FUZZ_RUNS=1000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25)

describe('the frame decoder', () => {
  test('takes any text without failing, and only frames for frames', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ id: fc.jsonValue(), cmd: fc.jsonValue(), body: fc.jsonValue() })
        .map(frame => JSON.stringify(frame)),
      fc.tuple(fc.json(), fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    )
    fc.assert(
      fc.property(texts, text => {
        idOfLargeFrame(text)
        const frame = readFrame(text)
        if (!frame) return true
        return Number.isSafeInteger(frame.id) && typeof frame.cmd === 'string'
      }),
      { numRuns: 2000 },
    )
  })

  test('gives every good frame back as it was, and its id when it is too large', () => {
    const frames = fc.record({
      id: fc.integer({ min: -(10 ** 14), max: 10 ** 14 }),
      cmd: fc.string(),
      body: fc.jsonValue({ maxDepth: 10 }),
    })
    fc.assert(
      fc.property(frames, frame => {
        const text = JSON.stringify(frame)
        expect(readFrame(text)).toEqual(JSON.parse(text))
        expect(idOfLargeFrame(text)).toBe(frame.id)
      }),
    )
  })

  test('counts the depth as the parser would, whatever stands in strings', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    const wrap = (value: unknown, levels: number): unknown =>
      levels === 0 ? value : levels % 2 ? [wrap(value, levels - 1)] : { '"[{\\': wrap(value, levels - 1) }
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 24, max: 36 }), (value, levels) => {
        const deep = wrap(value, levels)
        expect(withinDepth(JSON.stringify(deep))).toBe(depthOf(deep) <= 32)
      }),
    )
  })
})

describe('through the doors', () => {
  let server: TestServer
  let device: Device | undefined
  const defects: string[] = []

  beforeAll(async () => {
    server = await startTestServer({
      settings: {
        'rate.rest.default': 0,
        'rate.rest.accountBatch': 0,
        'session.commandsPerSec': 10_000,
        'session.failedLoginsMax': 100,
        'usersig.failuresPerMinute': 10_000,
        'login.evictionsPerMinute': 20,
      },
      server: { log: pino({ level: 'warn' }, { write: (line: string) => defects.push(line) }) },
    })
  })

  afterAll(() => server.stop())

  /** Kicks and deletions wait for the second to end unless told otherwise. */
  const hurried = (request: object, body: Record<string, unknown>) =>
    'NoWait' in ((request as { properties: object }).properties ?? {}) ? { NoWait: 1, ...body } : body

  for (const command of commands) {
    if (command.http === 'admin')
      test(`${command.name} answers any body over HTTP with a documented code`, async () => {
        const known = new Set([0, ...documentedCodes(command), ...HTTP_DOOR_ERRORS])
        await fc.assert(
          fc.asyncProperty(requestFor(command.request), async body => {
            const { ErrorCode, ErrorInfo } = await server.rest(command.name, hurried(command.request, body))
            expect({ ErrorCode, ErrorInfo, documented: known.has(ErrorCode) }).toMatchObject({
              documented: true,
            })
            if (ErrorCode !== 0) expect(ErrorInfo).not.toBe('')
          }),
          { numRuns: RUNS },
        )
        expect(defects).toEqual([])
      }, 120_000)

    const { socket } = command
    if (socket)
      test(`${command.name} answers any body over a socket with a documented code`, async () => {
        const known = new Set([0, ...documentedCodes(command), ...SOCKET_DOOR_ERRORS])
        await fc.assert(
          fc.asyncProperty(requestFor(socket.request), async body => {
            if (!device || command.name === 'session/logout') device = await server.connect('carol')
            const { ErrorCode, ErrorInfo } = await device.call(command.name, body)
            expect({ ErrorCode, ErrorInfo, documented: known.has(ErrorCode) }).toMatchObject({
              documented: true,
            })
            if (command.name === 'session/logout') device = undefined
          }),
          { numRuns: RUNS },
        )
        expect(defects).toEqual([])
      }, 120_000)
  }

  test('bodies that are hardly JSON are answered with HTTP 200 and a code of the catalogue', async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(text => new TextEncoder().encode(text)),
      fc
        .tuple(fc.json(), fc.nat())
        .map(([text, at]) => new TextEncoder().encode(text.slice(0, at % (text.length + 1)))),
    )
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.constantFrom(...commands.filter(({ http }) => http === 'admin')),
        async (body, { name }) => {
          const response = await server.fetch(name, { body })
          expect(response.status).toBe(200)
          const { ErrorCode } = (await response.json()) as { ErrorCode: number }
          // `{}` is a good body of some commands.
          if (ErrorCode !== 0) expect(errorEntry(ErrorCode)).toBeDefined()
        },
      ),
      { numRuns: RUNS * 10 },
    )
    expect(defects).toEqual([])
  }, 120_000)

  test('any query gets a code of the catalogue', async () => {
    const queries = fc.dictionary(
      fc.constantFrom('sdkappid', 'identifier', 'usersig', 'random', 'contenttype', 'x'),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('1400000001', 'administrator', server.userSig('administrator')),
      ),
    )
    await fc.assert(
      fc.asyncProperty(queries, async query => {
        const named = Object.fromEntries(
          Object.entries(query).map(([name, value]) => [name, value.toWellFormed()]),
        )
        const { ErrorCode } = await server.restWith('im_open_login_svc/account_check', {
          query: { usersig: '', ...named },
        })
        expect(errorEntry(ErrorCode)).toBeDefined()
      }),
      { numRuns: RUNS * 10 },
    )
    expect(defects).toEqual([])
  }, 120_000)

  test('any frames before a login are answered with a code or close the socket for a documented reason', async () => {
    const frames = fc.oneof(
      fc.string({ unit: 'binary' }).map(text => text.toWellFormed()),
      fc.json(),
      fc
        .record(
          {
            sdkappid: fc.jsonValue(),
            identifier: fc.jsonValue(),
            usersig: fc.jsonValue(),
            session: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map(body => JSON.stringify({ id: 1, cmd: 'session/login', body })),
    )
    const closes: number[] = Object.values(CloseCode)
    await fc.assert(
      fc.asyncProperty(frames, async text => {
        const client = await server.socket()
        client.sendText(text)
        // Closes the socket whatever came before.
        client.sendText('end')
        expect(closes).toContain((await client.closed).code)
      }),
      { numRuns: RUNS * 4 },
    )
    expect(defects).toEqual([])
  }, 120_000)
})
