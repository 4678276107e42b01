import type { SettingKey } from '@rookery/protocol/limits'
import type { Static, TObject } from 'typebox'
import type { Caller } from './caller.ts'
import type { Service } from './families.ts'
import type { Services } from './services.ts'

/** One call of a command, as its handler sees it, whichever door it came through. */
export interface Call<Body> {
  readonly caller: Caller
  /** Checked by the schema; on the WebSocket door the acting account is filled in from the login. */
  readonly body: Body
  /** The JSON text of the body that came in, for what is kept as it came (MsgBody). */
  readonly bodyText: () => string
  readonly services: Services
}

/** Fields beside the envelope; {@link RawAnswer} where part of the text is at hand already. */
export type Answer = object | RawAnswer

/** The members of an answer as JSON text without the outer braces; empty for none. */
export class RawAnswer {
  readonly members: string

  constructor(members: string) {
    this.members = members
  }
}

export interface CommandSpec<S extends TObject> {
  /** Path of the v4 interface, `service/command`. */
  readonly name: `${Service}/${string}`
  /** Older paths that answer too. */
  readonly aliases?: readonly string[]
  /** One sentence for the API reference. */
  readonly summary: string
  /** Whom the HTTP door serves; `none`: only the WebSocket door has it. */
  readonly http: 'admin' | 'none'
  /** Closed to the WebSocket door unless a schema of its own opens it (DESIGN-SECURITY 5). */
  readonly socket?: SocketOpening<S>
  /** The whole request, as the handler sees it. */
  readonly request: S
  /** Older name of a field -> today's name. */
  readonly spellings?: Readonly<Record<string, keyof Static<S> & string>>
  /** Fields of the answer beside the envelope. */
  readonly response: TObject
  /** Codes that this command answers, beside those of the doors. */
  readonly errors: readonly number[]
  /** Text of `ErrorInfo` on success, where it is not empty. */
  readonly successInfo?: string
  /** The setting with its calls per second and app on the HTTP door; `rate.rest.default` when absent. */
  readonly restRate?: SettingKey & `rate.rest.${string}`
  readonly handler: (call: Call<Static<S>>) => Promise<Answer>
}

export interface SocketOpening<S extends TObject> {
  /** Without any field that names who acts. */
  readonly request: TObject
  /** The field of the whole request that the door fills with the logged-in user. */
  readonly acting?: keyof Static<S> & string
}

/** A command of the table; what its body is only its own handler knows. */
export interface Command extends Omit<CommandSpec<TObject>, 'handler'> {
  readonly handler: (call: Call<never>) => Promise<Answer>
}

export function defineCommand<S extends TObject>(spec: CommandSpec<S>): Command {
  return spec as unknown as Command
}
