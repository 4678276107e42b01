import type { WireMessage } from './wire.ts'

/**
 * What the WebSocket door says about groups, beside the messages themselves. Group commands have the names and bodies of the
 * REST interface without any acting account; topics are groups of their own here (`GroupId` = the topic's id).
 */

export type GroupType = 'Private' | 'Public' | 'ChatRoom' | 'AVChatRoom' | 'Community'
export type GroupRole = 'Owner' | 'Admin' | 'Member'
export type ApplyJoinOption = 'FreeAccess' | 'NeedPermission' | 'DisableApply'
export type InviteJoinOption = 'FreeAccess' | 'NeedPermission' | 'DisableInvite'
export type GroupReceiveOption =
  | 'AcceptAndNotify'
  | 'AcceptNotNotify'
  | 'Discard'
  | 'AcceptNotNotifyExceptAt'
  | 'NotReceiveMsgExceptAt'

export interface WireCustomField {
  readonly Key: string
  readonly Value: string
}

/** A group's profile. Fields as in rest-2 section 2.2; Unix seconds. */
export interface WireGroup {
  readonly GroupId: string
  readonly Type: GroupType
  readonly Name: string
  readonly Introduction: string
  readonly Notification: string
  readonly FaceUrl: string
  /** Empty: nobody owns it. */
  readonly Owner_Account: string
  readonly CreateTime: number
  /** Counts changes of the profile: an older one never replaces a newer one. */
  readonly InfoSeq: number
  readonly LastInfoTime: number
  readonly LastMsgTime: number
  readonly NextMsgSeq: number
  readonly MemberNum: number
  readonly MaxMemberNum: number
  readonly ApplyJoinOption: ApplyJoinOption
  readonly InviteJoinOption: InviteJoinOption
  readonly MuteAllMember: 'On' | 'Off'
  readonly HistoryMsgBeforeJoin: 'On' | 'Off'
  readonly SupportTopic: 0 | 1
  /** Of a community with topics: 1 when masks of permission groups say who may do what; what they permit to who is in none of them. */
  readonly EnablePermission?: 0 | 1
  /** A mask of 64 bits; beyond 2^53 its decimal text. */
  readonly DefaultPermission?: number | string
  readonly AppDefinedData: readonly WireCustomField[]
  /**
   * 1: custom fields that not every member may read are left out of this, which went to everybody; who may read them
   * keeps the known ones and asks for the profile.
   */
  readonly FieldsLeftOut?: 1
  /** Present when the asker is a member. */
  readonly SelfInfo?: WireGroupSelf
  /** Of a topic: its community, and the topic's own text. */
  readonly CommunityId?: string
  readonly CustomString?: string
}

export interface WireGroupSelf {
  readonly Role: GroupRole
  readonly JoinTime: number
  readonly MsgFlag: GroupReceiveOption
  /** Read position. */
  readonly MsgSeq: number
  /** Unix seconds; 0 = not muted, 4294967295 = for ever. */
  readonly MuteUntil: number
  readonly NameCard: string
  readonly AppMemberDefinedData: readonly WireCustomField[]
}

export interface WireGroupMember {
  readonly Member_Account: string
  readonly Role: GroupRole
  readonly JoinTime: number
  readonly MsgSeq: number
  readonly MsgFlag: GroupReceiveOption
  readonly LastSendMsgTime: number
  readonly MuteUntil: number
  readonly NameCard: string
  readonly AppMemberDefinedData: readonly WireCustomField[]
  readonly NickName: string
  readonly Avatar: string
  readonly OnlineStatus?: 'Online' | 'Offline' | 'PushOnline'
}

/** Short profile of a group on its conversation (`WireConversation.Group`). */
export interface WireConversationGroup {
  readonly GroupId: string
  readonly Type: GroupType
  readonly Name: string
  readonly FaceUrl: string
  readonly InfoSeq: number
  /** Of a topic: its community. */
  readonly CommunityId?: string
  /** 0: the owner of the conversation is no member any more; the messages up to then stay. */
  readonly Member: 0 | 1
  readonly SelfInfo?: WireGroupSelf
  /**
   * Head of the conversation when this membership began: what is above is news to this person, the rest is history (if
   * it may be seen at all). Absent: the read position at the first sight of the membership.
   */
  readonly JoinSeq?: number
  /** 1: messages do not count as unread. Absent: 1 in ChatRoom, else 0. */
  readonly NoUnread?: 0 | 1
  /** 1: a community with topics; it takes no messages itself. */
  readonly SupportTopic?: 0 | 1
  /** Mentions above the read mark: 1 me, 2 everybody. Newest 10. */
  readonly AtList?: readonly {
    readonly Seq: number
    readonly AtType: 1 | 2 | 3
    readonly From_Account: string
  }[]
}

/** A group notice to one person (rest-2 section 9.8), `ReportType` as listed there. */
export interface WireGroupNotice {
  readonly ToGroupId: string
  readonly ReportType: number
  /** Per person, rising; absent on notices that are not kept (255). */
  readonly NoticeSeq?: number
  readonly ClientSeq: number
  readonly MsgRandom: number
  readonly MsgTimeStamp: number
  /** Who acted; as on rest-2 section 9.8. */
  readonly Operator_Account: string
  /** 24 (an invitation that an admin has to approve): the invited one. */
  readonly User_Account?: string
  readonly Operator_Nick?: string
  readonly Operator_FaceUrl?: string
  readonly RemarkInfo?: string
  /** What `handle` commands send back. */
  readonly MsgKey?: number
  readonly Authentication?: string
  readonly UserDefinedField?: string
  readonly MsgFlag?: GroupReceiveOption
  readonly Duration?: number
  readonly GroupInfo: { readonly GroupName: string; readonly Type: GroupType }
  readonly TopicIdList?: readonly string[]
}

export type GroupEventFrame =
  /** The profile of a group changed (also where no tip is sent). */
  | { readonly ev: 'group'; readonly g: WireGroup }
  /** A notice to this person, on all devices. */
  | { readonly ev: 'notice'; readonly n: WireGroupNotice }
  /** Attributes changed: the present state of the changed keys, `Deleted` ones gone. */
  | {
      readonly ev: 'groupAttr'
      readonly GroupId: string
      /** Counts changes of the group's attributes. */
      readonly AttrSeq: number
      readonly Changed: readonly { readonly key: string; readonly value: string }[]
      readonly Deleted: readonly string[]
      /** 1: everything else is gone too. */
      readonly Replace: 0 | 1
    }
  | {
      readonly ev: 'groupCounter'
      readonly GroupId: string
      readonly Changed: readonly { readonly Key: string; readonly Value: number }[]
      readonly Deleted: readonly string[]
    }
  | {
      readonly ev: 'groupPin'
      readonly GroupId: string
      readonly Pinned: 0 | 1
      readonly PinTime?: number
      readonly m: WireMessage
      readonly Operator_Account: string
    }
  /** Group read receipts moved (to the sender of the messages). */
  | {
      readonly ev: 'groupReceipt'
      readonly GroupId: string
      readonly Items: readonly {
        readonly MsgSeq: number
        readonly ReadNum: number
        readonly UnreadNum: number
      }[]
    }
