import { ErrorCode } from '@rookery/protocol/error-code'
import { USERSIG_TIMEOUT } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import type { Clock } from '../clock.ts'

/** Asks the app's own server for a UserSig of this user; given to `create()`, so that the SDK renews by itself. */
export type GetUserSig = (userID: string) => string | Promise<string>

/** The app's callback, bounded in time and checked. */
export function fetchUserSig(get: GetUserSig | undefined, userID: string, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(USERSIG_TIMEOUT, () => {
      reject(
        new ChatError(
          ErrorCode.USERSIG_MISSING,
          `getUserSig gave nothing within ${USERSIG_TIMEOUT / 1000} s.`,
        ),
      )
    })
    Promise.resolve()
      .then(() => get?.(userID))
      .then(userSig => {
        if (typeof userSig === 'string' && userSig !== '') resolve(userSig)
        else
          reject(
            new ChatError(
              ErrorCode.USERSIG_MISSING,
              'getUserSig gave no UserSig. Return a non-empty string.',
            ),
          )
      }, reject)
      .finally(cancel)
  })
}
