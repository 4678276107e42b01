import { type AdminOptions, checkedOptions } from './admin-options.ts'
import { Caller, type CallOptions } from './caller.ts'
import type { RestCommandName, RestCommands } from './generated/rest-commands.ts'
import { type PagedBody, type PagedCommand, pagings } from './paging.ts'
import { TicketSource } from './ticket-source.ts'
import { TransportError } from './transport-error.ts'

export { AdminError, type CallState, type FailedAnswer } from './admin-error.ts'
export type { AdminOptions, Fetch, KeyProvider } from './admin-options.ts'
export type { Answer } from './answer.ts'
export type { CallOptions } from './caller.ts'
export type { MessageElement } from './generated/message-elements.ts'
export type { RestCommandName, RestCommands } from './generated/rest-commands.ts'
export type { PagedBody, PagedCommand } from './paging.ts'
export type { RoamMessage } from './roam-message.ts'
export { TransportError, type TransportErrorKind } from './transport-error.ts'

/** Commands whose `MsgRandom` the client fills in. */
type KeyedCommand = 'openim/sendmsg' | 'openim/batchsendmsg' | 'openim/importmsg'

/** Body of a command as a caller writes it. */
export type CallBody<C extends RestCommandName> = C extends KeyedCommand
  ? Omit<RestCommands[C]['request'], 'MsgRandom'> & { readonly MsgRandom?: number }
  : RestCommands[C]['request']

export type CallAnswer<C extends RestCommandName> = RestCommands[C]['response']

/** The REST API of one app, as one of its admins. One is enough for a process; it holds no connection and no timer. */
export class Admin {
  readonly #caller: Caller

  /** Throws a TypeError or RangeError that names the option. */
  constructor(options: AdminOptions) {
    const settings = checkedOptions(options)
    this.#caller = new Caller(settings, new TicketSource(settings, options))
  }

  /**
   * Calls a command. What failed for a while is tried again, where that can't do harm (`repeat-rules.ts`). An answer with a
   * partial failure (`ErrorList`, `ResultItem`, `FailAccounts`) is returned. Throws an AdminError when the server says no, a
   * TransportError when no answer came, and the reason of `options.signal` when that was aborted.
   */
  async call<C extends RestCommandName>(
    command: C,
    body: CallBody<C>,
    options?: CallOptions,
  ): Promise<CallAnswer<C>> {
    return (await this.#caller.call(command, body, options)) as CallAnswer<C>
  }

  /** The pages of a command that answers in pages, from the first to the last or until the loop is left. */
  async *pages<C extends PagedCommand>(
    command: C,
    body: PagedBody<C>,
    options?: CallOptions,
  ): AsyncGenerator<CallAnswer<C>, void, undefined> {
    const { start, next } = pagings[command]
    let request = { ...start, ...body } as unknown as CallBody<C>
    for (let pages = 1; ; pages++) {
      const answer = await this.call(command, request, options)
      yield answer
      const change = (next as (answer: CallAnswer<C>) => object | undefined)(answer)
      if (!change) return
      const following = { ...request, ...change }
      if (JSON.stringify(following) === JSON.stringify(request)) throw standsStill(command, pages)
      request = following
    }
  }
}

/** Makes a client of the REST API. Throws a TypeError or RangeError that names a bad option. */
export function createAdmin(options: AdminOptions): Admin {
  return new Admin(options)
}

/** Without this, a defect of the server would be a loop without an end. */
function standsStill(command: string, attempts: number): TransportError {
  return new TransportError(
    { kind: 'answer', text: 'the server names the same page as the next one; tell its operator.' },
    { command, attempts, mayHaveHappened: false, retryable: false },
  )
}
