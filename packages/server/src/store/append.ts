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

/** Seconds within which an equal REST send is the same send (rest-1 section 4.1). */
export const REST_WINDOW_SECONDS = 120
/** `rest_key.kind`. Keys of sends are worth {@link REST_WINDOW_SECONDS}, those of imports are kept for good. */
export const REST_KIND = { send: 1, import: 2 } as const
