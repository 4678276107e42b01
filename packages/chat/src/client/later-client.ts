import { asChatError, ok } from '../chat-error.ts'
import { Emitter, type Handler, type LooseHandler } from '../emitter.ts'
import { signalingInfoOf } from '../messages/signaling-info.ts'
import type { Signaling } from '../named-types.ts'
import type { Untyped } from '../untyped.ts'
import { ClientLife } from './client-life.ts'
import { LATER, type LaterMembers, type LaterName, laterAnswer } from './later-members.ts'

/** The members that later parts of the interface bring, as far as they can be answered without them. */
class LaterBase extends ClientLife {
  readonly #signaling = new Emitter(() => undefined)

  static {
    for (const name of Object.keys(LATER) as LaterName[]) {
      Object.defineProperty(LaterBase.prototype, name, {
        configurable: true,
        writable: true,
        async value(this: LaterBase, argument: unknown) {
          this.ready()
          return ok(laterAnswer(name, argument))
        },
      })
    }
  }

  /** What the message says as part of an invitation; null when it is none. */
  getSignalingInfo(message: unknown): Signaling | null {
    return signalingInfoOf(message)
  }

  addSignalingListener(eventName: string, handler: LooseHandler, context?: unknown): void {
    this.#signaling.on(eventName, handler as Handler, context)
  }

  removeSignalingListener(eventName: string, handler: LooseHandler, context?: unknown): void {
    this.#signaling.off(eventName, handler as Handler, context)
  }

  inviteSync(_options: unknown, _onSuccess: unknown, onError: unknown): void {
    this.#refuseSync('invite', onError)
  }

  inviteInGroupSync(_options: unknown, _onSuccess: unknown, onError: unknown): void {
    this.#refuseSync('inviteInGroup', onError)
  }

  #refuseSync(name: LaterName, onError: unknown): void {
    try {
      this.ready()
      laterAnswer(name, undefined)
    } catch (cause) {
      if (typeof onError === 'function') (onError as (error: Untyped) => void)(asChatError(cause))
    }
  }
}

// The class body installs exactly the names of the table.
export const LaterClient = LaterBase as new (
  ...args: ConstructorParameters<typeof LaterBase>
) => LaterBase & LaterMembers
