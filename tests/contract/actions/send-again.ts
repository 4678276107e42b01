import type { Action } from './action.ts'
import { submit } from './send.ts'

/** Tries a failed send once more, which must not make a double of it. */
export const sendAgain: Action = {
  name: 'send-again',
  weight: 8,
  async run({ world, device }) {
    const message = device.failed.shift()
    if (message) await submit(world, device, message, () => device.chat.resendMessage(message), true)
  },
}
