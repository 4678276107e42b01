import { GroupTip } from '@rookery/protocol/group-notice'
import type { WireCustomField } from '@rookery/protocol/wire-group'
import type { Person } from '../persons.ts'

/** Changed fields of the profile as a tip names them; unchanged ones are absent (rest-2 section 9.7). */
export interface TipProfile {
  readonly GroupName?: string
  readonly GroupIntroduction?: string
  readonly GroupNotification?: string
  readonly GroupFaceUrl?: string
  readonly Owner_Account?: string
  readonly MuteAllMember?: 'On' | 'Off'
  readonly ApplyJoinOption?: string
  readonly InviteJoinOption?: string
  readonly AppDefinedData?: readonly WireCustomField[]
}

/** What happened, by account numbers. */
export type Tip =
  | { readonly op: typeof GroupTip.JOINED; readonly accounts: readonly number[]; readonly invited: boolean }
  | { readonly op: typeof GroupTip.QUIT; readonly accounts: readonly number[] }
  | { readonly op: typeof GroupTip.KICKED; readonly accounts: readonly number[]; readonly reason: string }
  | {
      readonly op: typeof GroupTip.ADMIN_SET | typeof GroupTip.ADMIN_CANCELLED
      readonly accounts: readonly number[]
    }
  /** `accounts`: the new owner, when it changed. */
  | {
      readonly op: typeof GroupTip.PROFILE
      readonly accounts: readonly number[]
      readonly profile: TipProfile
    }
  /** `seconds`: of the mute; 0 = lifted. */
  | { readonly op: typeof GroupTip.MEMBER; readonly accounts: readonly number[]; readonly seconds: number }
  | {
      readonly op: typeof GroupTip.BANNED | typeof GroupTip.UNBANNED
      readonly accounts: readonly number[]
      readonly seconds: number
      readonly reason: string
    }

const extra = ({ userId, nick, faceUrl }: Person) => ({ UserId: userId, NickName: nick, ImageUrl: faceUrl })

/** `MsgContent` of the tip. @param persons of everybody it names, and the operator */
export function tipContent(
  tip: Tip,
  operator: number,
  memberNum: number,
  persons: ReadonlyMap<number, Person>,
): object {
  const named = tip.accounts.flatMap(account => persons.get(account) ?? [])
  const by = persons.get(operator)
  return {
    OpType: tip.op,
    Operator_Account: by?.userId ?? '',
    ...(named.length > 0 && { List_Account: named.map(({ userId }) => userId) }),
    ...((tip.op === GroupTip.JOINED || tip.op === GroupTip.QUIT) && { MemberNum: memberNum }),
    ...(tip.op === GroupTip.JOINED && { GroupJoinType: tip.invited ? 2 : 1 }),
    ...(tip.op === GroupTip.PROFILE && { MsgGroupNewInfo: tip.profile }),
    ...(tip.op === GroupTip.MEMBER && {
      MsgMemberInfo: named.map(({ userId }) => ({ User_Account: userId, ShutupTime: tip.seconds })),
    }),
    ...('reason' in tip && tip.reason && { Reason: tip.reason }),
    ...(tip.op === GroupTip.BANNED && { Duration: tip.seconds }),
    ...(named.length > 0 && { MsgMemberExtraInfo: named.map(extra) }),
    ...(by && { MsgOperatorMemberExtraInfo: extra(by) }),
  }
}
