import type { GroupEventFrame, WireConversationGroup } from './wire-group.ts'

/**
 * The frames of the WebSocket door. One text frame holds one JSON object.
 *
 * A client sends {@link RequestFrame}s and gets one {@link ReplyFrame} for each, in any order. The server sends
 * {@link EventFrame}s on its own. `docs/wire-protocol.md` tells how they are used together.
 */

/** Raised with every change of a frame's or a command's shape that an older peer would misread. */
export const PROTOCOL_VERSION = 1

/** Close codes of the WebSocket door. Below 4500 the client may reconnect by itself, from 4500 on it must not. */
export const CloseCode = {
  /** The server is stopping or moving its clients: reconnect after the delay that `drain` gave. */
  DRAIN: 4000,
  /** The same session logged in again on a newer socket. */
  REPLACED: 4001,
  /** The client read too slowly; it resumes after reconnecting. */
  SLOW_READER: 4002,
  /** No frame came for longer than the heartbeat timeout. */
  SILENT: 4003,
  /** No login came in time. */
  LOGIN_TIMEOUT: 4004,
  /** A limit of the door (frames per second, budget of connections) was passed; reconnect with back-off. */
  TOO_MUCH: 4005,
  /** The session ended: kicked, logged out, UserSig over. */
  ENDED: 4500,
  /** A frame could not be understood. */
  BAD_FRAME: 4501,
  /** Too many refused logins on this socket. */
  LOGIN_REFUSED: 4502,
} as const

export interface RequestFrame {
  /** Chosen by the client, unique among its requests in flight. */
  readonly id: number
  /** A name of the command table, `service/command`. */
  readonly cmd: string
  readonly body?: unknown
}

/** The fields that every answer carries, over both doors. */
export interface Envelope {
  readonly ActionStatus: 'OK' | 'FAIL' | 'SomeError'
  readonly ErrorCode: number
  readonly ErrorInfo: string
}

/** What a failed check was and its numbers; never a secret. */
export interface ErrorDetail {
  readonly check?: string
  readonly retryAfterMs?: number
  readonly [name: string]: unknown
}

export interface ReplyFrame {
  readonly id: number
  /** The same JSON as the HTTP door's answer; failures may carry `ErrorDetail`. */
  readonly body: Envelope & { readonly ErrorDetail?: ErrorDetail; readonly [field: string]: unknown }
}

/** One message as every door shows it: history, pulls and live frames alike. */
export interface WireMessage {
  /** Number of the conversation; never reused, also when a UserID is registered anew. */
  readonly ConvId: number
  /** Dense number in the conversation, from 1. Absent on online-only messages, which are not stored. */
  readonly Seq?: number
  /** Number of the latest mutation of this message within its conversation; 0 or absent: never changed. */
  readonly ChangeNo?: number
  /** `@TIM#SYSTEM` on group tips. */
  readonly From_Account: string
  /** Empty on group messages. */
  readonly To_Account: string
  /** The group (or topic) of a group message; then `MsgSeq` is `Seq`. */
  readonly GroupId?: string
  /** Absent: `Normal`. */
  readonly MsgPriority?: 'High' | 'Normal' | 'Low' | 'Lowest'
  /** Mentions, in the order of the text: 1 everybody, 0 the account. */
  readonly GroupAtInfo?: readonly { readonly GroupAtAllFlag: 0 | 1; readonly GroupAt_Account?: string }[]
  /** Of a directed group message: who sees it beside its sender. Does not count as unread. */
  readonly To_Accounts?: readonly string[]
  /** The sender's present name card in the group. */
  readonly From_NameCard?: string
  /** 1: sent to all large rooms of the app. */
  readonly IsBroadcast?: 0 | 1
  /** Decimal text of the sender's internal number (above 2^53). */
  readonly From_TinyID: string
  readonly From_Nick?: string
  readonly From_FaceUrl?: string
  /** Chosen by the sender, u32. */
  readonly MsgSeq: number
  readonly MsgRandom: number
  /** Unix seconds of the database's clock (of the caller, when imported). */
  readonly MsgTimeStamp: number
  /** Unix seconds of the sender's clock. */
  readonly MsgClientTime: number
  readonly MsgKey: string
  /** 0 normal, 8 recalled (then MsgBody is empty). */
  readonly MsgFlagBits: 0 | 8
  readonly MsgBody: readonly WireElement[]
  readonly CloudCustomData: string
  /** 1: does not count as unread. */
  readonly NoUnread?: 0 | 1
  /** 1: does not become the conversation's last message. */
  readonly NoLastMsg?: 0 | 1
  readonly IsNeedReadReceipt?: 0 | 1
  /** 1 once the receiver sent a read receipt for this message. */
  readonly IsPeerRead?: 0 | 1
  /** Unix seconds of that receipt. */
  readonly PeerReadTime?: number
  readonly SupportMessageExtension?: 0 | 1
  /** Counts edits. */
  readonly MsgVersion?: number
  /** Who recalled it, and why. */
  readonly Revoker_Account?: string
  readonly RevokeReason?: string
}

export interface WireElement {
  readonly MsgType: string
  readonly MsgContent: Readonly<Record<string, unknown>>
}

/** A conversation as its owner sees it. `sync/resume` and the `conversation` event carry the same item. */
export interface WireConversation {
  /** 1: one-to-one, 2: group or topic. */
  readonly Type: 1 | 2
  /** Empty when `Type` is 2. */
  readonly To_Account: string
  /** When `Type` is 2. */
  readonly Group?: WireConversationGroup
  readonly ConvId: number
  /** Highest stored number. */
  readonly HeadSeq: number
  /** Highest mutation number of the conversation's messages. */
  readonly ChangeNo: number
  /** Number of the owner's own state in which this item last changed. */
  readonly LogNo: number
  readonly UnreadMsgNum: number
  /** Everything up to this number is read by the owner. */
  readonly ReadSeq: number
  /** Unix seconds up to which the peer has read the owner's messages; 0: never. */
  readonly PeerReadTime: number
  readonly PeerReadSeq: number
  /** Messages up to this number are cleared from the owner's view. */
  readonly ClearedSeq: number
  /** 1: deleted from the owner's list until the next message. */
  readonly Hidden: 0 | 1
  readonly TopFlag: 0 | 1
  /** Unix milliseconds of pinning, 0 when not pinned. */
  readonly TopTime: number
  /** First character = mark 1; trailing zeros trimmed. */
  readonly StandardMark: string
  readonly CustomMark: string
  readonly ContactGroupId: readonly number[]
  /** 0 receive and notify, 1 discard, 2 receive without notifying. */
  readonly RecvOpt: 0 | 1 | 2
  /** Unix seconds of the last activity. */
  readonly MsgTime: number
  readonly LastMsg: WireMessage | null
  readonly Peer_Nick: string
  readonly Peer_FaceUrl: string
}

export type KickType = 'multipleAccount' | 'multipleDevice' | 'userSigExpired' | 'REST_API_Kick'

export type EventFrame =
  | GroupEventFrame
  /** A stored message; covers exactly its own number. */
  | { readonly ev: 'message'; readonly m: WireMessage }
  /** An online-only message: no number, not stored. */
  | { readonly ev: 'online'; readonly m: WireMessage }
  /** The present state of a message that was recalled, edited or receipted; covers exactly its ChangeNo. */
  | { readonly ev: 'change'; readonly kind: ChangeKind; readonly m: WireMessage }
  /** Key-value pairs on a message changed; covers exactly ChangeNo. */
  | {
      readonly ev: 'extension'
      readonly ConvId: number
      readonly Peer: readonly [string, string]
      /** In a group, where `Peer` is two empty texts. */
      readonly GroupId?: string
      readonly Seq: number
      readonly ChangeNo: number
      readonly MsgKey: string
      /** The SDK's message ID, so that a device knows the message without having it. */
      readonly MsgId: string
      readonly OperateType: 1 | 2 | 3
      readonly ExtensionList: readonly {
        readonly Key: string
        readonly Value: string
        readonly Seq: number
      }[]
    }
  /** The conversation goes up to this number at least: pull what is missing. Of an unknown conversation: resume. */
  | { readonly ev: 'head'; readonly ConvId: number; readonly Seq: number }
  /** Numbers that this viewer does not see: advance past them, nothing to show. */
  | { readonly ev: 'cover'; readonly ConvId: number; readonly Seq?: number; readonly ChangeNo?: number }
  /** The owner's own state of one conversation (read mark, pin, marks, …) or the peer's read mark moved. */
  | { readonly ev: 'conversation'; readonly LogNo: number; readonly c: WireConversation }
  /** The own log has this number now: whoever has a lower one resumes. */
  | { readonly ev: 'log'; readonly LogNo: number }
  | { readonly ev: 'contactGroups'; readonly LogNo: number; readonly Groups: readonly WireContactGroup[] }
  /** The session is over; the socket closes with 4500 after it. */
  | { readonly ev: 'kicked'; readonly Type: KickType; readonly Info: string }
  /** The UserSig ends soon: renew in place within `SpreadSeconds`. */
  | { readonly ev: 'expiring'; readonly ExpiresAt: number; readonly SpreadSeconds: number }
  /** This node stops: reconnect at a random moment within the given time. */
  | { readonly ev: 'drain'; readonly ReconnectWithinMs: number }

export type ChangeKind = 'recall' | 'modify' | 'receipt'

export interface WireContactGroup {
  readonly GroupId: number
  readonly GroupName: string
}

/** Answer of `session/login`, beside the envelope. Times in Unix seconds unless named Ms. */
export interface LoginAnswer {
  readonly SessionId: string
  readonly Generation: number
  /** Random secret of this session: only who holds it may come back as this session. Keep it in memory only. */
  readonly SessionToken: string
  readonly TinyID: string
  readonly ServerTimeMs: number
  /** The end of this session unless renewed: min(ticket end, end of its key's acceptance). */
  readonly ExpiresAt: number
  readonly IssuedAt: number
  /** Seconds between `session/hello` calls. */
  readonly HelloInterval: number
  /** Seconds without any frame from the client after which the server drops the socket. */
  readonly SilenceLimit: number
  readonly StoreEpoch: string
  readonly LogNo: number
  readonly Nick: string
  readonly FaceUrl: string
  readonly MaxFrameBytes: number
  /** Answer to a login by which an earlier session of the same id was replaced. */
  readonly Resumed: 0 | 1
}
