import { isRetryable } from '@rookery/protocol/error-code'
import { Refused } from '../clients/reader.ts'
import type { Action } from './action.ts'

/** A client that was away resumes, and is compared with one that knows nothing. */
export const look: Action = {
  name: 'look',
  weight: 1,
  by: 'any',
  async run({ world, device, random }) {
    await world.mirrors.look(device.user, marks => random.between(0, marks - 1)).catch(noAnswer)
  },
}

/** Faults and kicks make it impossible now and then. Any other refusal is a defect. */
function noAnswer(cause: unknown): void {
  const isLogin = (code: number) => code >= 70_000 && code < 71_000
  if (cause instanceof Refused && !isRetryable(cause.code) && !isLogin(cause.code)) throw cause
}
