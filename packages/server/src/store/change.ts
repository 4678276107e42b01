import type { KickType } from '@rookery/protocol/wire'
import type { GroupReceiveOption } from '@rookery/protocol/wire-group'

/** Why a session ended; the kick types reach the device, the others are its own doing. */
export type SessionEnd = KickType | 'logout'

/**
 * What a committed transaction changed, for whoever keeps something in memory: sockets, caches. Told once, after the
 * commit, in the order of the transactions. No cache is changed in any other way.
 */
export type Change =
  /** The app's row, settings, keys or admins. */
  | { readonly kind: 'app'; readonly app: number }
  /** An account's name, profile, marks or existence. */
  | { readonly kind: 'account'; readonly app: number; readonly account: number; readonly userId: string }
  /** Sessions that ended; without a list, all of the account. Without an account, all of the app. */
  | {
      readonly kind: 'end'
      readonly app: number
      readonly account?: number
      readonly sessions?: readonly string[]
      /** Without a list: sessions up to this rank; a later login is not meant. */
      readonly upToRank: number
      readonly type: SessionEnd
      readonly info: string
    }
  /** A session moved to another socket: the socket with a lower generation is stale. */
  | {
      readonly kind: 'replaced'
      readonly app: number
      readonly account: number
      readonly session: string
      readonly generation: number
    }
  /** Sessions of one key, or all of an app, end at an earlier time than they were told. */
  | { readonly kind: 'expiry'; readonly app: number; readonly key: string; readonly at: number }
  /** A ready-made event frame for all devices of these accounts, except one session. */
  | {
      readonly kind: 'push'
      readonly app: number
      readonly to: readonly number[]
      readonly frame: string
      readonly except?: string
    }
  /**
   * A conversation whose head or messages moved. With `members` and `seq`: messages up to that number were appended at
   * another node, and these accounts' devices must come to know it; with `group` and `seq`: those of everybody in the group
   * whose audience it is (of a topic: its community).
   */
  | {
      readonly kind: 'conversation'
      readonly app: number
      readonly conv: number
      readonly members?: readonly number[]
      readonly group?: number
      readonly seq?: number
    }
  /** A group's profile, members or rights; `joined` and `left` move the audiences of its topic. */
  | {
      readonly kind: 'group'
      readonly app: number
      readonly group: number
      readonly authNo: number
      readonly joined?: readonly number[]
      readonly left?: readonly number[]
      readonly dismissed?: boolean
      /** A member's new receive option; `topic`: of that topic's conversation only. */
      readonly receive?: {
        readonly account: number
        readonly option: GroupReceiveOption
        readonly topic?: number
      }
    }
  /** A ready-made event frame for everybody in a group but one session; `head`: the number of the message in it. */
  | {
      readonly kind: 'groupPush'
      readonly app: number
      readonly group: number
      readonly frame: string
      readonly authNo: number
      readonly head?: number
      readonly except?: string
    }
