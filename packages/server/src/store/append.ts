/**
 * One message on its way into the log. Everything that the writer needs, as plain data; ids are internal numbers.
 */
export interface AppendItem {
  readonly app: number
  readonly sender: number
  readonly receiver: number
  readonly msgSeq: number
  readonly random: number
  readonly clientTime: number
  readonly flags: number
  /** JSON text of MsgBody, already validated. */
  readonly body: string
  readonly custom: string
  readonly pushInfo: string
  readonly key: AppendKey
  /** Unix seconds of an import, or of a batch whose messages share one; 0 = the writer's clock. */
  readonly importTime: number
  /** Of a message to a group; then `receiver` and `msgSeq` are 0, and its number is its MsgSeq. */
  readonly group?: GroupAddress
}

/** The group of a message and how its sender was judged. */
export interface GroupAddress {
  readonly no: number
  readonly conv: number
  /** Who is told of it: the group, or the community of a topic. */
  readonly audience: number
  /** `chat_group.auth_no` of the judgement; a topic has that of its community. */
  readonly authNo: number
  /** Accounts that see it beside the sender; empty: everybody. */
  readonly to: readonly number[]
  /** Mentioned accounts, 0 = everybody. */
  readonly mentions: readonly number[]
  /** JSON text of GroupAtInfo, empty for none. */
  readonly atInfo: string
  /** The group is inactive as far as the node knows. */
  readonly activates: boolean
  /** Messages that the group stores in a second, 0 = no limit. */
  readonly perSecond: number
}

/** By what a repeated request is recognised (DESIGN-DATA 4). */
export type AppendKey =
  | { readonly kind: 'client'; readonly hash: string }
  | { readonly kind: 'rest'; readonly hash: string }
  | { readonly kind: 'import' }

export type AppendResult =
  | {
      readonly outcome: 'stored' | 'duplicate'
      readonly conv: number
      readonly seq: number
      readonly time: number
      readonly msgSeq: number
      readonly countNo: number
      /** As stored: an import that is older than what the list shows got NO_LAST_MESSAGE. */
      readonly flags: number
    }
  /** The client key was used for another content. */
  | { readonly outcome: 'conflict' }
  /** One of the accounts was deleted meanwhile. */
  | { readonly outcome: 'gone'; readonly which: 'sender' | 'receiver' }
  /** Rights in the group changed since the sender was judged, or the group is gone: judge again. */
  | { readonly outcome: 'stale' }
  /** The group's limit of a second is used up by messages of this priority or higher ones; nothing was stored. */
  | { readonly outcome: 'dropped'; readonly time: number }
  /** An import into a group that is older than what is there. */
  | { readonly outcome: 'early' }

/** `rest_key.kind`. Keys of sends are worth {@link REST_WINDOW_SECONDS}, those of imports are kept for good. */
export const REST_KIND = { send: 1, import: 2, groupSend: 3 } as const
/** Seconds within which an equal REST send is the same send, by kind (rest-1 section 4.1, rest-2 section 9.4). */
export const REST_WINDOW_SECONDS = { [REST_KIND.send]: 120, [REST_KIND.groupSend]: 300 } as const
