/**
 * What a run leaves behind: one JSON object a line, in the order in which it was seen by the one process that drives all
 * clients. "Before" and "after" mean the place in this order. Times are milliseconds since the run began.
 */
export type Entry =
  | RunEntry
  | CallEntry
  | ReturnEntry
  | GroupEntry
  | ReadyEntry
  | ReceivedEntry
  | HeardEntry
  | EndedEntry
  | FaultEntry
  | ItemEntry
  | ReadEntry
  | BadFrameEntry
  | UnsettledEntry
  | ViewEntry
  | RoamEntry
  | GroupFinalEntry
  | GroupNodeEntry
  | ApplicationsEntry
  | ScreenEntry
  | MirrorEntry

/** The first line: all that it takes to run the same again. */
export interface RunEntry {
  readonly t: 'run'
  readonly seed: number
  readonly command: string
}

/** An operation began. `call` is its number. */
export type CallEntry = { readonly t: 'call'; readonly at: number; readonly call: number } & Call

export type Call =
  | SendCall
  | EditCall
  | RecallCall
  | ReadCall
  | DeleteCall
  | PinCall
  | LoginCall
  | LogoutCall
  | KickCall
  | GroupCall
  | RoomCall

/** A group as it was made, before anybody logged in; its first owner stays in it. In calls and events it is a `peer`, by its ID. */
export interface GroupEntry {
  readonly t: 'group'
  readonly group: string
  readonly type: 'Public' | 'ChatRoom' | 'Private' | 'Community'
  readonly name: string
  readonly owner: string
  /** With the owner. */
  readonly members: readonly string[]
  /** Who wants to join applies, and is let in or not. */
  readonly approval?: true
}

/** Who acts: a device in one of its logins, `session` counting them from 1. */
export interface Actor {
  readonly user: string
  readonly device: string
  readonly session: number
}

/** `id` is the SDK's message ID, `text` is unlike that of any other message. `again`: a repeated try of a failed send. */
export interface SendCall extends Actor {
  readonly op: 'send'
  readonly peer: string
  readonly id: string
  readonly text: string
  readonly again?: true
}

/** `base` is the version that was edited. */
export interface EditCall extends Actor {
  readonly op: 'edit'
  readonly peer: string
  readonly id: string
  readonly base: number
  readonly text: string
}

export interface RecallCall extends Actor {
  readonly op: 'recall'
  readonly peer: string
  readonly id: string
}

export interface ReadCall extends Actor {
  readonly op: 'read'
  readonly peer: string
}

export interface DeleteCall extends Actor {
  readonly op: 'delete'
  readonly peer: string
  readonly id: string
}

export interface PinCall extends Actor {
  readonly op: 'pin'
  readonly peer: string
  readonly pinned: boolean
}

/** `issued`: the place in the history at which the UserSig was signed. `node`: asked directly, without the SDK. */
export interface LoginCall extends Actor {
  readonly op: 'login'
  readonly issued: number
  readonly node?: string
}

export interface LogoutCall extends Actor {
  readonly op: 'logout'
}

/** All UserSigs of `user` so far are revoked, over REST. */
export interface KickCall {
  readonly op: 'kick'
  readonly user: string
}

export type GroupCall =
  | JoinCall
  | QuitCall
  | AddCall
  | RemoveCall
  | MuteCall
  | PromoteCall
  | RenameCall
  | DismissCall
  | MuteAllCall
  | TransferCall
  | BanCall
  | UnbanCall
  | ApplyCall
  | HandleCall

interface OfGroup extends Actor {
  readonly group: string
}

interface OfMember extends OfGroup {
  readonly target: string
}

export interface JoinCall extends OfGroup {
  readonly op: 'join'
}

export interface QuitCall extends OfGroup {
  readonly op: 'quit'
}

export interface AddCall extends OfMember {
  readonly op: 'add'
}

export interface RemoveCall extends OfMember {
  readonly op: 'remove'
}

/** 0 seconds lift the mute. */
export interface MuteCall extends OfMember {
  readonly op: 'mute'
  readonly seconds: number
}

export interface PromoteCall extends OfMember {
  readonly op: 'promote'
  readonly admin: boolean
}

export interface RenameCall extends OfGroup {
  readonly op: 'rename'
  readonly name: string
}

export interface DismissCall extends OfGroup {
  readonly op: 'dismiss'
}

/** Of everybody but owner and admins. */
export interface MuteAllCall extends OfGroup {
  readonly op: 'mute-all'
  readonly on: boolean
}

export interface TransferCall extends OfMember {
  readonly op: 'transfer'
}

/** Over REST; longer than any run. */
export interface BanCall extends OfMember {
  readonly op: 'ban'
}

export interface UnbanCall extends OfMember {
  readonly op: 'unban'
}

/** Success: it waits for an answer. */
export interface ApplyCall extends OfGroup {
  readonly op: 'apply'
}

/** The application of `target`. */
export interface HandleCall extends OfMember {
  readonly op: 'handle'
  readonly agree: boolean
}

export type RoomCall = EnterCall | LeaveCall | RoomSendCall | RoomBanCall

/** Of a live room. It has no log, so it is told apart from groups. */
interface OfRoom extends Actor {
  readonly room: string
}

/** Of this login alone. */
export interface EnterCall extends OfRoom {
  readonly op: 'enter'
}

export interface LeaveCall extends OfRoom {
  readonly op: 'leave'
}

export interface RoomSendCall extends OfRoom {
  readonly op: 'room-send'
  readonly id: string
  readonly text: string
}

/** Over REST; `on` false lets the banned one in again. */
export interface RoomBanCall extends OfRoom {
  readonly op: 'room-ban'
  readonly target: string
  readonly on: boolean
}

/** How it ended. A failure says nothing about whether it happened. */
export type ReturnEntry =
  | {
      readonly t: 'return'
      readonly at: number
      readonly call: number
      readonly ok: true
      readonly seq?: number
    }
  | {
      readonly t: 'return'
      readonly at: number
      readonly call: number
      readonly ok: false
      readonly code: number
      readonly info: string
    }

/** SDK_READY: what is sent after it must reach this session. */
export interface ReadyEntry extends Actor {
  readonly t: 'ready'
  readonly at: number
}

/** MESSAGE_RECEIVED, one entry for each message. */
export interface ReceivedEntry extends Actor {
  readonly t: 'received'
  readonly at: number
  readonly peer: string
  readonly id: string
  readonly seq: number
}

/** MESSAGE_RECEIVED of a live room, one entry for each message. */
export interface HeardEntry extends Actor {
  readonly t: 'heard'
  readonly at: number
  readonly room: string
  readonly id: string
}

/** The session is over: KICKED_OUT, or it could not come back. */
export interface EndedEntry extends Actor {
  readonly t: 'ended'
  readonly at: number
  readonly why: string
}

/** `begin` and `end` of a fault on a target. */
export interface FaultEntry {
  readonly t: 'fault'
  readonly at: number
  readonly fault: string
  readonly target: string
  readonly is: 'begin' | 'end'
}

/** The numbers of a conversation item that the server sent, in an event or in an answer. */
export interface ItemEntry {
  readonly t: 'item'
  readonly at: number
  readonly user: string
  readonly peer: string
  readonly logNo: number
  readonly headSeq: number
  readonly changeNo: number
  readonly readSeq: number
  readonly peerReadSeq: number
}

/** A report of reading as it crossed the relay: `asked` on its way to the node, `done` when the node said yes. */
export interface ReadEntry {
  readonly t: 'read'
  readonly at: number
  readonly is: 'asked' | 'done'
  readonly user: string
  readonly peer: string
  readonly seq: number
}

/** A text frame of a node or of the SDK that is no JSON object; its beginning. */
export interface BadFrameEntry {
  readonly t: 'bad-frame'
  readonly at: number
  readonly user: string
  readonly direction: 'up' | 'down'
  readonly text: string
}

/** When the time to settle was over, a device of `user` was not back or did not show what the server has. */
export interface UnsettledEntry {
  readonly t: 'unsettled'
  readonly at: number
  readonly user: string
}

/** One stored message as one side sees it; the text of a recalled one is empty. */
export interface SeenMessage {
  readonly seq: number
  readonly id: string
  readonly key: string
  readonly from: string
  readonly text: string
  readonly recalled: boolean
  readonly version: number
  readonly changeNo: number
  readonly countable: boolean
  /** Of a group's tip, which nobody sent. */
  readonly tip?: SeenTip
}

/** What a tip says (`GroupTip` of the protocol). */
export interface SeenTip {
  readonly op: number
  readonly by: string
  readonly users: readonly string[]
  readonly members?: number
  readonly name?: string
  /** The new one. */
  readonly owner?: string
}

/** At the end: a conversation as the snapshot and a pull from 0 show it to `user`. */
export interface ViewEntry {
  readonly t: 'view'
  readonly user: string
  readonly peer: string
  readonly headSeq: number
  readonly changeNo: number
  readonly unread: number
  readonly readSeq: number
  readonly peerReadSeq: number
  readonly pinned: boolean
  /** Of a group: whether the user is in it. */
  readonly member?: boolean
  readonly messages: readonly SeenMessage[]
}

/** At the end: a group over REST, oldest message first. A dismissed one has none. */
export interface GroupFinalEntry {
  readonly t: 'group-final'
  readonly group: string
  readonly name: string
  readonly muteAll: boolean
  readonly memberNum: number
  readonly members: readonly { readonly user: string; readonly role: string }[]
  readonly messages: readonly {
    readonly seq: number
    readonly key: string
    /** Empty of a recalled one. */
    readonly from: string
    readonly text: string
    readonly recalled: boolean
  }[]
}

/** At the end: what one node says of a group's members over REST. */
export interface GroupNodeEntry {
  readonly t: 'group-node'
  readonly group: string
  readonly node: string
  readonly memberNum: number
  /** `readSeq`: the member's read position, by which the app counts its unread. */
  readonly members: readonly { readonly user: string; readonly role: string; readonly readSeq: number }[]
}

/** At the end: the applications to a group as its owner `by` is shown them. */
export interface ApplicationsEntry {
  readonly t: 'applications'
  readonly group: string
  readonly by: string
  readonly items: readonly { readonly applicant: string; readonly isOpen: boolean }[]
}

/** At the end: one side of the same conversation over REST, newest last. */
export interface RoamEntry {
  readonly t: 'roam'
  readonly user: string
  readonly peer: string
  /** `openim/get_c2c_unread_msg_num`. */
  readonly unread: number
  readonly messages: readonly {
    readonly key: string
    readonly from: string
    readonly text: string
    readonly recalled: boolean
    readonly version: number
  }[]
}

/** At the end: what the app on a device shows. `fresh`: a device that logged in only now. */
export interface ScreenEntry extends Actor {
  readonly t: 'screen'
  readonly fresh: boolean
  readonly conversations: readonly {
    readonly peer: string
    readonly unread: number
    readonly pinned: boolean
    readonly lastSeq: number
    readonly lastRecalled: boolean
    /** Empty for a recalled one, whose content a device may keep. */
    readonly lastText: string
    readonly peerReadTime: number
  }[]
  /** Those in memory. */
  readonly messages: readonly {
    readonly id: string
    readonly seq: number
    readonly version: number
    readonly recalled: boolean
    readonly text: string
  }[]
}

/** Kept state brought up to date from mark number `mark`, against a fresh snapshot of the same numbers. */
export interface MirrorEntry {
  readonly t: 'mirror'
  readonly at: number
  readonly user: string
  readonly mark: number
  /** The server asked for a fresh snapshot instead. */
  readonly forgotten: boolean
  readonly differences: readonly MirrorDifference[]
}

export type MirrorDifference =
  | {
      readonly of: 'numbers' | 'item'
      readonly peer: string
      readonly kept: unknown
      readonly fresh: unknown
    }
  | {
      readonly of: 'message'
      readonly peer: string
      readonly id: string
      readonly kept?: SeenMessage
      readonly fresh?: SeenMessage
    }
