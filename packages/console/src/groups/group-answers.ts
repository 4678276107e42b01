import type { FieldLevel, FieldSubject } from '@rookery/protocol/group-field'
import type { GroupType, WireGroup, WireGroupMember } from '@rookery/protocol/wire-group'

export const GROUP_TYPES = ['Private', 'Public', 'ChatRoom', 'AVChatRoom', 'Community'] as const

/** What the server's commands about groups answer. Times are Unix seconds. */
export interface ListedGroup {
  readonly groupId: string
  readonly type: GroupType
  readonly name: string
  /** Empty: nobody. */
  readonly owner: string
  readonly members: number
  readonly muteAll: boolean
  readonly created: number
  readonly lastMessage: number | null
}

export interface GroupPage {
  readonly groups: readonly ListedGroup[]
  readonly next: number | null
}

export interface GroupDetail extends WireGroup {
  /** Operations that the type allows the app: `muteAll`, `setRole`, `transfer`, … */
  readonly Allowed: readonly string[]
  readonly Rules: {
    readonly optionsFixed: boolean
    readonly historyPerGroup: boolean
    readonly hasAdmins: boolean
    readonly storesHistory: boolean
  }
}

/** A declared key with its levels in the types of groups that have it. */
export interface DeclaredField {
  readonly subject: FieldSubject
  readonly key: string
  readonly levels: readonly {
    readonly type: GroupType
    readonly read: FieldLevel
    readonly write: FieldLevel
  }[]
}

export interface FieldsAnswer {
  readonly fields: readonly DeclaredField[]
  readonly acceptsUndeclared: boolean
  readonly most: Readonly<Record<FieldSubject, number>>
}

export type Member = WireGroupMember

export interface MemberPage {
  readonly members: readonly Member[]
  readonly next: string | null
}

export interface HistoryMessage {
  readonly seq: number
  readonly time: number
  readonly from: string
  readonly recalled: boolean
  readonly recalledBy: string
  readonly body: readonly {
    readonly MsgType: string
    readonly MsgContent: Readonly<Record<string, unknown>>
  }[]
}

export interface HistoryPage {
  readonly messages: readonly HistoryMessage[]
  readonly next: number | null
}

/** As seconds of a mute: for ever; as its end: never. */
export const FOREVER = 4_294_967_295
