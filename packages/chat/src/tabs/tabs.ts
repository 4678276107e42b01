import type { EventFrame, KickType, ReplyFrame } from '@rookery/protocol/wire'
import type { SharedLogin } from '../connection/line.ts'
import type { ReplyBody } from '../connection/request-table.ts'

/**
 * A message that another tab on the same socket sent was stored: the server tells of it on every socket but the sender's,
 * and here both are the same.
 */
export interface OwnStored {
  readonly ev: 'ownStored'
  readonly To_Account: string
  /** Of a group's message; `To_Account` then is empty. */
  readonly GroupId?: string
  readonly ConvId: number
  readonly Seq: number
}

export type TabEvent = EventFrame | OwnStored

/** How a shared session ended, as plain data. */
export type SharedEnd =
  | { readonly why: 'kicked'; readonly type: KickType; readonly info: string }
  | { readonly why: 'refused' | 'closed'; readonly code: number; readonly text: string }

/** What tabs of one session say to each other. `tab` is the follower that speaks or is spoken to. */
export type TabMessage =
  /** A tab wants in: its own UserSig is to be verified. */
  | { readonly is: 'join'; readonly tab: string; readonly usersig: string }
  | { readonly is: 'welcome'; readonly tab: string; readonly login: SharedLogin }
  | { readonly is: 'refused'; readonly tab: string; readonly reply: ReplyBody }
  | { readonly is: 'request'; readonly tab: string; readonly text: string }
  | { readonly is: 'reply'; readonly tab: string; readonly frame: ReplyFrame }
  /** Not for the tab that caused it. */
  | { readonly is: 'event'; readonly frame: TabEvent; readonly except: string }
  /** The socket is logged in: whoever is not in joins. */
  | { readonly is: 'up' }
  /** The socket is lost, or its tab leaves. */
  | { readonly is: 'down' }
  /** Newer credentials for whoever takes over. */
  | { readonly is: 'credentials'; readonly login: SharedLogin }
  | { readonly is: 'ended'; readonly end: SharedEnd }

export interface TabChannel {
  post(message: TabMessage): void
  close(): void
}

/** Locks and messages between the tabs of one browser profile; tests bring their own. */
export interface Tabs {
  /** Another name for every tab. */
  newId(): string
  /** Messages of the others, in order; never the own ones. */
  channel(name: string, onMessage: (message: TabMessage) => void): TabChannel
  /**
   * `held` runs when the lock is ours; it is ours until the promise settles. `failed`: there are no locks here after all.
   * Returns how to stop waiting.
   */
  lock(name: string, held: () => Promise<void>, failed: () => void): () => void
  /** Some tab waits for the lock. */
  isAwaited(name: string): Promise<boolean>
}
