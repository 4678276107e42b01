import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import type { ReplyBody } from '../connection/request-table.ts'
import { contentsOf, textOf } from '../messages/content.ts'
import { type Profile, profileOf } from './profile.ts'

/** Accounts of one `profile/get_brief`: docs/wire-protocol.md. */
const ACCOUNTS_PER_REQUEST = 100

export interface ProfilesOptions {
  readonly call: (cmd: string, body: unknown) => Promise<ReplyBody>
}

/** Names and pictures of users; the other fields of a profile have their default values. */
export class Profiles {
  readonly #options: ProfilesOptions

  constructor(options: ProfilesOptions) {
    this.#options = options
  }

  /** In the order asked for; users that do not exist are left out. */
  async of(userIDs: unknown): Promise<Profile[]> {
    if (!Array.isArray(userIDs) || userIDs.length > ACCOUNTS_PER_REQUEST) {
      throw new ChatError(
        ErrorCode.PROFILE_ARGUMENT_INVALID,
        `userIDList must be an array of at most ${ACCOUNTS_PER_REQUEST} userIDs.`,
      )
    }
    const wanted = [...new Set(userIDs.map(textOf))].filter(userID => userID !== '')
    if (wanted.length === 0) return []
    const reply = await this.#options.call('profile/get_brief', { To_Account: wanted })
    const found = new Map(contentsOf(reply.Items).map(it => [textOf(it.To_Account), it]))
    return wanted.flatMap(userID => {
      const it = found.get(userID)
      return it ? [profileOf(userID, textOf(it.Nick), textOf(it.FaceUrl))] : []
    })
  }
}
