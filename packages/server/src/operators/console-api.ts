import type { Settings } from '@rookery/protocol/limits'
import type { Logger } from 'pino'
import type { AppRegistry } from '../apps/app-registry.ts'
import type { SecretBox } from '../apps/secret-box.ts'
import { VERSION } from '../cli/version.ts'
import { CommandError } from '../commands/command-error.ts'
import { networkOf } from '../doors/client-address.ts'
import { jsonResponse } from '../doors/http/http-response.ts'
import { NotStoredError } from '../store/not-stored-error.ts'
import { changePassword } from './change-operators.ts'
import { ConsoleRefusal } from './console-refusal.ts'
import { ownRequest } from './console-request.ts'
import { canonicalName, nameFault, passwordFault } from './operator-rules.ts'
import { beginSession, closeSession, type SignedIn, signedIn } from './operator-session.ts'
import { runGuarded } from './run-guarded.ts'
import { tokenHash } from './secret-token.ts'
import { sessionCookie, sessionToken } from './session-cookie.ts'
import { hasOperator, LINK_FAULTS, linkFault, readLink } from './setup-token.ts'
import { checkLogin, confirmPassword, type SignInParts, unlessBusy } from './sign-in.ts'
import { consumeLink } from './use-link.ts'

export interface ConsoleApiParts extends SignInParts {
  readonly box: SecretBox
  readonly apps: AppRegistry
  readonly settings: Settings
  readonly log: Logger
}

interface Asked {
  readonly request: Request
  readonly address: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A result, and the session's cookie when it changes: a token, or null to take it away. */
interface Answered {
  readonly result: unknown
  readonly cookie?: string | null
}

/** `/console/api/*`: what the console's page asks, as one signed-in operator or none. */
export class ConsoleApi {
  readonly #parts: ConsoleApiParts
  readonly #endpoints: Readonly<Record<string, (asked: Asked) => Promise<Answered>>> = {
    session: asked => this.#session(asked),
    login: asked => this.#login(asked),
    logout: asked => this.#logout(asked),
    link: asked => this.#link(asked),
    setup: asked => this.#setup(asked),
    password: asked => this.#password(asked),
    run: asked => this.#run(asked),
  }

  constructor(parts: ConsoleApiParts) {
    this.#parts = parts
  }

  /** @param name what follows `/console/api/`. */
  async handle(request: Request, name: string, address: string): Promise<Response> {
    const response = await this.#answer(request, name, address)
    response.headers.set('cache-control', 'no-store')
    return response
  }

  async #answer(request: Request, name: string, address: string): Promise<Response> {
    try {
      const body = await ownRequest(request)
      const endpoint = Object.hasOwn(this.#endpoints, name) ? this.#endpoints[name] : undefined
      if (!endpoint) throw new ConsoleRefusal(404, 'unknown-command', 'The console has no such call.')
      const { result, cookie } = await endpoint({ request, address, body })
      const response = jsonResponse({ ok: true, result: result ?? null })
      if (cookie !== undefined)
        response.headers.set('set-cookie', sessionCookie(request, cookie ?? undefined))
      return response
    } catch (error) {
      return this.#refused(error, name)
    }
  }

  #refused(error: unknown, name: string): Response {
    if (error instanceof ConsoleRefusal) {
      const { status, reason, message: info, retryAfterMs } = error
      const response = jsonResponse(
        { ok: false, reason, info, ...(retryAfterMs && { retryAfterMs }) },
        status,
      )
      if (retryAfterMs) response.headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)))
      return response
    }
    if (error instanceof CommandError)
      return jsonResponse(
        {
          ok: false,
          reason: 'refused',
          info: error.message,
          code: error.code,
          ...(error.detail?.check && { check: error.detail.check }),
        },
        400,
      )
    if (error instanceof NotStoredError)
      return jsonResponse({ ok: false, reason: 'not-stored', info: error.message }, 503)
    this.#parts.log.error(
      { err: error, call: name },
      'A call of the console failed on a defect of the server.',
    )
    return jsonResponse(
      { ok: false, reason: 'defect', info: 'The server failed to carry this out; its log has the reason.' },
      500,
    )
  }

  /** Who the page is signed in as, and whether the server waits for its first operator. */
  async #session({ request }: Asked): Promise<Answered> {
    const operator = await this.#operatorOf(request)
    if (!operator) return { result: { operator: null, needsSetup: !(await hasOperator(this.#parts.store)) } }
    return {
      result: {
        operator: {
          name: operator.name,
          role: operator.role,
          apps: [...operator.apps].map(([appId, role]) => ({ appId, role })),
        },
        needsSetup: false,
        version: VERSION,
      },
    }
  }

  async #login({ request, address, body }: Asked): Promise<Answered> {
    const given = { name: text(body, 'name'), password: text(body, 'password'), address }
    const operator = await checkLogin(this.#parts, given)
    await this.#endSessionOf(request)
    return this.#begin(operator, address)
  }

  async #logout({ request }: Asked): Promise<Answered> {
    await this.#endSessionOf(request)
    return { result: null, cookie: null }
  }

  /** What the form of a link must ask for. */
  async #link({ body }: Asked): Promise<Answered> {
    const link = await this.#openLink(text(body, 'token'))
    const known =
      link.name !== '' &&
      (await this.#parts.store.read
        .selectFrom('operator')
        .select('operator_id')
        .where('name', '=', link.name)
        .executeTakeFirst()) !== undefined
    return { result: { name: link.name, role: link.role, reset: known, expires: link.expires } }
  }

  async #setup({ request, address, body }: Asked): Promise<Answered> {
    const token = text(body, 'token')
    const link = await this.#openLink(token)
    const name = link.name === '' ? canonicalName(text(body, 'name')) : link.name
    const password = newPassword(text(body, 'password'), name)
    const badName = nameFault(name)
    if (badName) throw new ConsoleRefusal(400, 'operator-name', badName)
    const passwordHash = await unlessBusy(this.#parts.hashing.hash(password))
    const { operatorId } = await this.#parts.store
      .mutate(consumeLink, { hash: tokenHash(token), name, passwordHash })
      .catch(linkRefused)
    await this.#endSessionOf(request)
    this.#parts.log.info({ operator: name }, 'A console link was used.')
    return this.#begin({ operatorId, name }, address)
  }

  async #password({ request, address, body }: Asked): Promise<Answered> {
    const operator = await this.#mustBeSignedIn(request)
    await confirmPassword(this.#parts, operator, text(body, 'password'), address)
    const next = newPassword(text(body, 'next'), operator.name)
    const passwordHash = await unlessBusy(this.#parts.hashing.hash(next))
    const { operatorId, hash } = operator
    await this.#parts.store.mutate(changePassword, { operatorId, passwordHash, keep: hash })
    return { result: null }
  }

  async #run({ request, address, body }: Asked): Promise<Answered> {
    const operator = await this.#mustBeSignedIn(request)
    const { store, box, apps, settings } = this.#parts
    const { args, password } = body
    if (typeof args !== 'object' || args === null || Array.isArray(args))
      throw new ConsoleRefusal(400, 'request', '"args" must be an object.')
    const context = { store, box, apps, settings, actor: `console:${operator.name}` }
    const result = await runGuarded(context, operator, {
      command: text(body, 'command'),
      args: args as Record<string, unknown>,
      confirm: async () => {
        if (typeof password !== 'string' || password === '')
          throw new ConsoleRefusal(403, 'password-needed', 'This needs your password again.')
        await confirmPassword(this.#parts, operator, password, address)
      },
    })
    return { result }
  }

  async #begin(operator: { operatorId: number; name: string }, address: string): Promise<Answered> {
    const token = await beginSession(this.#parts.store, operator.operatorId, networkOf(address))
    return { result: { name: operator.name }, cookie: token }
  }

  async #openLink(token: string) {
    const link = await readLink(this.#parts.store, token)
    const fault = linkFault(link, this.#now())
    if (!link || fault)
      throw new ConsoleRefusal(410, fault ?? 'link-unknown', LINK_FAULTS[fault ?? 'link-unknown'])
    return link
  }

  async #endSessionOf(request: Request): Promise<void> {
    const token = sessionToken(request)
    if (token) await this.#parts.store.mutate(closeSession, { hash: tokenHash(token) })
  }

  async #mustBeSignedIn(request: Request): Promise<SignedIn> {
    const operator = await this.#operatorOf(request)
    if (!operator)
      throw new ConsoleRefusal(401, 'signed-out', 'You are not signed in any more; sign in again.')
    return operator
  }

  async #operatorOf(request: Request): Promise<SignedIn | undefined> {
    const token = sessionToken(request)
    return token ? signedIn(this.#parts.store, token, this.#now()) : undefined
  }

  #now(): number {
    return Math.floor(this.#parts.clock() / 1000)
  }
}

/** The link went while its password was hashed. */
function linkRefused(error: unknown): never {
  const check = error instanceof CommandError ? error.detail?.check : undefined
  if (error instanceof CommandError && typeof check === 'string') {
    if (Object.hasOwn(LINK_FAULTS, check))
      throw new ConsoleRefusal(410, check as keyof typeof LINK_FAULTS, error.message)
    if (check === 'operator-name') throw new ConsoleRefusal(400, 'operator-name', error.message)
  }
  throw error
}

function newPassword(password: string, name: string): string {
  const fault = passwordFault(password, name)
  if (fault) throw new ConsoleRefusal(400, 'operator-password', fault)
  return password
}

function text(body: Readonly<Record<string, unknown>>, field: string): string {
  const value = body[field]
  if (typeof value !== 'string' || value.length > 65_536 || !value.isWellFormed() || value.includes('\0'))
    throw new ConsoleRefusal(400, 'request', `"${field}" must be a text.`)
  return value
}
