import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { App } from '../../apps/app.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { CommandTable } from '../../commands/command-table.ts'
import { type Executed, execute, failure, type ReadyCommand } from '../../commands/execute.ts'
import { withinDepth } from '../../commands/request-check.ts'
import type { Services } from '../../commands/services.ts'
import type { VerifiedTicket } from '../../login/accept-ticket.ts'
import { checkGrant, notAdmin } from '../../login/admin-grant.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import { noteTicket } from '../../login/end-session.ts'
import type { FailureLimit } from '../../login/failure-limit.ts'
import { behindError } from '../behind.ts'
import { TokenBuckets } from '../token-bucket.ts'
import { queryOf, type RestQuery } from './rest-query.ts'

/** Apps times commands that are called; far above what 300 apps and 150 commands need. */
const RATE_NAMES = 50_000
const COMMAND_CHARACTERS_SHOWN = 100

/** Begins every request id of this process. */
const PROCESS = randomBytes(4).toString('hex')
const decoder = new TextDecoder('utf-8', { fatal: true })

export interface RestDoorParts {
  readonly services: Services
  readonly table: CommandTable
  readonly failures: FailureLimit
}

interface Admitted {
  readonly app: App
  readonly account: Account
}

/**
 * The HTTP door: `POST /v4/<service>/<command>`, for app admins. Every outcome is HTTP 200 with a code in the body (rest-1
 * section 1.4); the order of the checks is DESIGN-SECURITY 1.
 */
export class RestDoor {
  readonly #services: Services
  readonly #table: CommandTable
  readonly #failures: FailureLimit
  readonly #rates = new TokenBuckets(RATE_NAMES)
  #underWay = 0
  #requests = 0

  constructor(parts: RestDoorParts) {
    this.#services = parts.services
    this.#table = parts.table
    this.#failures = parts.failures
  }

  get busy(): boolean {
    return this.#underWay > 0
  }

  async handle(request: Request, url: URL, address: string): Promise<Response> {
    const start = performance.now()
    this.#underWay++
    const name = url.pathname.slice('/v4/'.length)
    const requestId = `${PROCESS}-${(++this.#requests).toString(36)}`
    const ready = this.#table.find(name)
    const served = ready?.command.http === 'admin' ? ready : undefined
    const done = await this.#run({ served, name, request, url, address, requestId }).finally(
      () => this.#underWay--,
    )
    const seconds = (performance.now() - start) / 1000
    const { metrics, log } = this.#services
    const command = served?.command.name ?? 'unknown'
    metrics.commands.inc({ door: 'http', command, code: done.code })
    metrics.commandSeconds.observe({ door: 'http' }, seconds)
    if (log.isLevelEnabled('debug'))
      log.debug({ requestId, command, code: done.code, address, ms: seconds * 1000 }, 'A REST call.')
    return new Response(done.text, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': requestId,
      },
    })
  }

  async #run(call: {
    readonly served: ReadyCommand | undefined
    readonly name: string
    readonly request: Request
    readonly url: URL
    readonly address: string
    readonly requestId: string
  }): Promise<Executed> {
    const { served, name, request, url, address, requestId } = call
    try {
      if (request.method !== 'POST')
        throw new CommandError(ErrorCode.INVALID_HTTP_URL, 'Use POST; the body is one JSON object.', {
          check: 'method',
        })
      if (!served)
        throw new CommandError(
          ErrorCode.INVALID_RES,
          `There is no command ${name.slice(0, COMMAND_CHARACTERS_SHOWN)}; the paths are listed at /docs.`,
          { check: 'command' },
        )
      const behind = behindError(this.#services.store)
      if (behind) throw behind
      const { app, account } = await this.#admit(served, queryOf(request, url), address)
      const text = await this.#bodyText(request, served)
      return await execute(
        served,
        { door: 'http', app, accountId: account.id, userId: account.userId, admin: true, address },
        { body: parsedBody(text), text, bodyText: () => text, requestId },
        this.#services,
      )
    } catch (error) {
      return failure(served?.family, error, this.#services, {
        command: served?.command.name ?? '',
        requestId,
      })
    }
  }

  /** The checks that need no body: whose call it is, whether it may be made, and only then the rates. */
  async #admit(ready: ReadyCommand, query: RestQuery, address: string): Promise<Admitted> {
    const perMinute = this.#services.settings['usersig.failuresPerMinute']
    const { app, account, ticket } = await this.#failures.guard({ ...query, address }, perMinute, () =>
      this.#identify(query),
    )
    checkGrant(app, account, { command: ready.command.name, ticket, address })
    this.#checkRates(ready, app)
    return { app, account }
  }

  async #identify(query: RestQuery): Promise<Admitted & { readonly ticket: VerifiedTicket }> {
    const services = this.#services
    const now = Math.floor(Date.now() / 1000)
    const { app, ticket } = await checkTicket(services.apps, query, {
      unknownApp: ErrorCode.INVALID_SDKAPPID,
      now,
    })
    const account = await services.accounts.find(app.id, query.userId)
    if (!account) throw notAdmin(query.userId)
    await this.#checkMarks(app, account, ticket)
    return { app, account, ticket }
  }

  /** The marks are those of the latest commit that this node knows; a newer ticket is accepted by the writer itself. */
  async #checkMarks(app: App, account: Account, ticket: VerifiedTicket): Promise<void> {
    if (account.disabled)
      throw new CommandError(
        ErrorCode.ACCOUNT_BLOCKED,
        'The account is blocked by the app; ask its operator.',
        { check: 'account-enabled' },
      )
    const validAfter = Math.max(app.validAfter, account.validAfter)
    if (ticket.issued <= validAfter)
      throw new CommandError(
        ErrorCode.USERSIG_REVOKED,
        'The UserSig was made invalid (kick or deletion); sign a new one.',
        { check: 'revoked', issuedAt: ticket.issued, validAfter },
      )
    // Only an admin's: a user's ticket that is refused here anyway must cost no write.
    if (ticket.issued > account.newestTicket && app.admins.has(account.id))
      await this.#services.store.mutate(noteTicket, ticket)
  }

  #checkRates(ready: ReadyCommand, app: App): void {
    const now = Date.now()
    const perCommand = app.setting(ready.command.restRate ?? 'rate.rest.default') as number
    const waitCommand = this.#rates.take(`${app.id}/${ready.command.name}`, perCommand, perCommand, now)
    if (waitCommand > 0)
      throw new CommandError(
        ErrorCode.REST_FREQ_LIMIT,
        `${ready.command.name} is called more than ${perCommand} times a second; call again after the delay.`,
        { check: 'command-rate', retryAfterMs: waitCommand },
      )
    const perApp = app.setting('rate.rest.app')
    const waitApp = this.#rates.take(`${app.id}`, perApp, perApp, now)
    if (waitApp > 0)
      throw new CommandError(
        ErrorCode.SDKAPPID_FREQ_LIMIT,
        `The app makes more than ${perApp} calls a second; call again after the delay.`,
        { check: 'app-rate', retryAfterMs: waitApp },
      )
  }

  async #bodyText(request: Request, ready: ReadyCommand): Promise<string> {
    const max = this.#services.settings['rest.bodyBytes']
    const tooLong = () =>
      new CommandError(ErrorCode.BODY_SIZE_LIMIT, `The body has more than ${max} bytes; split the call.`, {
        check: 'body-size',
        maxBytes: max,
      })
    if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLong()
    const bytes = await request.arrayBuffer()
    if (bytes.byteLength > max) throw tooLong()
    try {
      return decoder.decode(bytes)
    } catch {
      throw new CommandError(ready.family.notJson, 'The body is not UTF-8; send JSON as UTF-8.', {
        check: 'encoding',
      })
    }
  }
}

/** JSON whatever the content type says; an empty body counts as `{}` (client-quirks). Undefined when it is no JSON. */
function parsedBody(text: string): unknown {
  if (text.trim() === '') return {}
  if (!withinDepth(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
