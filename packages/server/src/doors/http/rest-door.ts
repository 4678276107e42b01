import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { App } from '../../apps/app.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { CommandTable } from '../../commands/command-table.ts'
import { type Executed, execute, failure, type ReadyCommand } from '../../commands/execute.ts'
import { withinDepth } from '../../commands/request-check.ts'
import type { Services } from '../../commands/services.ts'
import type { VerifiedTicket } from '../../login/accept-ticket.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import { noteTicket } from '../../login/end-session.ts'
import type { FailureLimit } from '../../login/failure-limit.ts'
import { AddressRanges } from '../client-address.ts'
import { overFailureLimit } from '../socket/socket-login.ts'
import { TokenBuckets } from '../token-bucket.ts'

/** Apps times commands that are called; far above what 300 apps and 150 commands need. */
const RATE_NAMES = 50_000
const SDKAPPID = /^[1-9]\d{0,9}$/

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

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
    const ready = this.#table.find(name)
    const served = ready?.command.http === 'admin' ? ready : undefined
    const done = await this.#run(served, name, request, url, address).finally(() => this.#underWay--)
    const { metrics } = this.#services
    metrics.commands.inc({ door: 'http', command: served?.command.name ?? 'unknown', code: done.code })
    metrics.commandSeconds.observe({ door: 'http' }, (performance.now() - start) / 1000)
    return new Response(done.text, { headers: HEADERS })
  }

  async #run(
    ready: ReadyCommand | undefined,
    name: string,
    request: Request,
    url: URL,
    address: string,
  ): Promise<Executed> {
    try {
      if (request.method !== 'POST')
        throw new CommandError(ErrorCode.INVALID_HTTP_URL, 'Use POST; the body is one JSON object.', {
          check: 'method',
        })
      if (!ready)
        throw new CommandError(
          ErrorCode.INVALID_RES,
          `There is no command ${name.slice(0, 100)}; the paths are listed at /docs.`,
          { check: 'command' },
        )
      const { app, account } = await this.#admit(ready, request, url, address)
      const text = await this.#bodyText(request)
      return await execute(
        ready,
        { door: 'http', app, accountId: account.id, userId: account.userId, admin: true, address },
        { body: parsedBody(text), text, bodyText: () => text },
        this.#services,
      )
    } catch (error) {
      return failure(ready?.family, error, this.#services, name)
    }
  }

  async #admit(ready: ReadyCommand, request: Request, url: URL, address: string): Promise<Admitted> {
    const query = url.searchParams
    const sdkappid = query.get('sdkappid')
    if (!sdkappid)
      throw new CommandError(ErrorCode.SDKAPPID_MISS, 'The URL lacks sdkappid.', { check: 'sdkappid' })
    if (!SDKAPPID.test(sdkappid))
      throw new CommandError(ErrorCode.INVALID_SDKAPPID, 'sdkappid must be a decimal number.', {
        check: 'sdkappid',
      })
    const identifier = query.get('identifier')
    if (!identifier)
      throw new CommandError(
        ErrorCode.INVALID_ACCOUNT,
        'The URL lacks identifier, the UserID of an app admin.',
        {
          check: 'identifier',
        },
      )
    const userSig = ticketHeader(request) ?? query.get('usersig')
    if (userSig === null)
      throw new CommandError(ErrorCode.INVALID_ACCOUNT_EX, 'The URL lacks usersig.', { check: 'usersig' })
    const appId = Number(sdkappid)
    try {
      return await this.#identify(ready, { app: appId, userId: identifier, userSig }, address)
    } catch (error) {
      const perMinute = this.#services.settings['usersig.failuresPerMinute']
      if (
        error instanceof CommandError &&
        isTicketFailure(error.code) &&
        this.#failures.exceeded(appId, identifier, address, perMinute, Date.now())
      )
        throw overFailureLimit()
      throw error
    }
  }

  async #identify(
    ready: ReadyCommand,
    presented: { app: number; userId: string; userSig: string },
    address: string,
  ): Promise<Admitted> {
    const services = this.#services
    const now = Math.floor(Date.now() / 1000)
    const { app, ticket } = await checkTicket(services.apps, presented, {
      unknownApp: ErrorCode.INVALID_SDKAPPID,
      now,
    })
    const account = await services.accounts.find(app.id, presented.userId)
    if (!account) throw notAdmin(presented.userId)
    await this.#checkMarks(app, account, ticket)
    this.#checkGrant(ready, app, account, ticket, address)
    this.#checkRates(ready, app)
    return { app, account }
  }

  /** The marks are those of the latest commit that this node knows; a newer ticket is accepted by the writer itself. */
  async #checkMarks(app: App, account: Account, ticket: VerifiedTicket): Promise<void> {
    if (ticket.issued > account.newestTicket) {
      await this.#services.store.mutate(noteTicket, ticket)
      return
    }
    if (account.disabled)
      throw new CommandError(
        ErrorCode.ACCOUNT_BLOCKED,
        'The account is blocked by the app; ask its operator.',
        {
          check: 'account-enabled',
        },
      )
    const validAfter = Math.max(app.validAfter, account.validAfter)
    if (ticket.issued <= validAfter)
      throw new CommandError(
        ErrorCode.USERSIG_REVOKED,
        'The UserSig was made invalid (kick or deletion); sign a new one.',
        { check: 'revoked', issuedAt: ticket.issued, validAfter },
      )
  }

  #checkGrant(
    ready: ReadyCommand,
    app: App,
    account: Account,
    ticket: VerifiedTicket,
    address: string,
  ): void {
    const grant = app.admins.get(account.id)
    if (!grant || grant.disabled) throw notAdmin(account.userId)
    const key = app.keys.find(candidate => candidate.id === ticket.keyId)
    if (key && !key.mayMintAdmin)
      throw new CommandError(
        ErrorCode.ID_NOT_ADMIN,
        'The key that signed this UserSig may not sign for app admins; use another key or change it in the console.',
        { check: 'admin-key' },
      )
    const service = ready.command.name.slice(0, ready.command.name.indexOf('/'))
    if (grant.scopes.length > 0 && !grant.scopes.includes(service))
      throw new CommandError(
        ErrorCode.ID_NOT_ADMIN,
        `This app admin may not call ${service}; its operator can widen its scopes.`,
        { check: 'admin-scope' },
      )
    const lifetime = ticket.ticketEnd - ticket.issued
    if (grant.maxTicketLifetime > 0 && lifetime > grant.maxTicketLifetime)
      throw new CommandError(
        ErrorCode.ID_NOT_ADMIN,
        `The UserSig of this app admin may live ${grant.maxTicketLifetime} s, it was signed for ${lifetime} s.`,
        { check: 'admin-lifetime' },
      )
    if (grant.addresses.length > 0 && !new AddressRanges(grant.addresses).has(address))
      throw new CommandError(
        ErrorCode.IP_NOT_ALLOWED,
        `Calls of this app admin are not allowed from ${address}; its operator can add the address.`,
        { check: 'address' },
      )
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

  async #bodyText(request: Request): Promise<string> {
    const max = this.#services.settings['rest.bodyBytes']
    const tooLong = () =>
      new CommandError(ErrorCode.BODY_SIZE_LIMIT, `The body has more than ${max} bytes; split the call.`, {
        check: 'body-size',
        maxBytes: max,
      })
    if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLong()
    const bytes = await request.arrayBuffer()
    if (bytes.byteLength > max) throw tooLong()
    return new TextDecoder().decode(bytes)
  }
}

/** `Authorization: UserSig <ticket>` keeps the ticket out of every URL. */
function ticketHeader(request: Request): string | undefined {
  const value = request.headers.get('authorization')
  return value?.startsWith('UserSig ') ? value.slice('UserSig '.length).trim() : undefined
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

function isTicketFailure(code: number): boolean {
  return code >= ErrorCode.USERSIG_EXPIRED && code <= ErrorCode.SDKAPPID_UNKNOWN
}

function notAdmin(userId: string): CommandError {
  return new CommandError(
    ErrorCode.ID_NOT_ADMIN,
    `${userId} is not an app admin; an operator appoints admins in the console or with "rookery admin appoint".`,
    { check: 'admin' },
  )
}
