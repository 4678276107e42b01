import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { TipMode } from '@rookery/protocol/settings/group-settings'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation } from '../../store/mutation.ts'
import type { ChatGroupTable } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type FieldBounds, mergeFields } from '../custom-fields.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { badField, denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { strongest } from '../rules/tip-rules.ts'
import { sendTip } from '../tips/send-tip.ts'
import type { TipProfile } from '../tips/tip-content.ts'
import type { ProfileFields } from './group-text.ts'
import { tellProfile } from './tell-profile.ts'

export interface ChangeProfile extends GroupCall {
  readonly fields: ProfileFields & { readonly MaxMemberNum?: number }
  readonly bounds: FieldBounds
}

type Set = { -readonly [K in keyof ChatGroupTable]?: ChatGroupTable[K] }
type News = { -readonly [K in keyof TipProfile]: TipProfile[K] }

/**
 * Changes what is given and differs; each kind of field asks for its own right. Throws 10007 without it, 10004 for a value
 * that the group can't have.
 */
export const changeProfile = defineMutation<ChangeProfile, void>(
  'groups/change-profile',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    const { fields } = call
    const set: Set = {}
    const news: News = {}
    const modes: TipMode[] = []

    const texts = textChanges(group, fields)
    const custom =
      fields.AppDefinedData && mergeFields('AppDefinedData', group.custom, fields.AppDefinedData, call.bounds)
    const mutes = fields.MuteAllMember !== undefined
    const options = [
      fields.ApplyJoinOption,
      fields.InviteJoinOption,
      fields.HistoryMsgBeforeJoin,
      fields.MaxMemberNum,
    ].some(value => value !== undefined)
    if (texts.asked || custom !== undefined || !(mutes || options)) requireMay('changeProfile', group, role)
    if (mutes) requireMay('muteAll', group, role)
    if (options) requireMay('changeOptions', group, role)

    if (Object.keys(texts.set).length > 0) {
      Object.assign(set, texts.set)
      Object.assign(news, texts.news)
      modes.push(call.tips.profile)
    }
    if (custom !== undefined && custom !== group.custom) {
      set.custom = custom
      news.AppDefinedData = fields.AppDefinedData ?? []
      modes.push(call.tips.custom)
    }
    const opened = optionChanges(group, fields)
    if (Object.keys(opened.set).length > 0) {
      Object.assign(set, opened.set)
      Object.assign(news, opened.news)
      if (Object.keys(opened.news).length > 0) modes.push(call.tips.options)
    }
    if (Object.keys(set).length === 0) return
    const changed = await editGroup(tx, group, {
      set,
      profile: true,
      rights: Object.keys(opened.set).length > 0,
    })
    tellGroup(tx, changed)
    if (modes.length > 0)
      await sendTip(
        tx,
        changed,
        call.actor.account,
        { op: GroupTip.PROFILE, accounts: [], profile: news },
        strongest(modes),
      )
    await tellProfile(tx, changed)
  },
  { locks: call => groupLocks(call) },
)

const TEXT_COLUMNS = [
  ['Name', 'title', 'GroupName'],
  ['Introduction', 'introduction', 'GroupIntroduction'],
  ['Notification', 'notification', 'GroupNotification'],
  ['FaceUrl', 'face_url', 'GroupFaceUrl'],
] as const

function textChanges(group: GroupRow, fields: ProfileFields): { asked: boolean; set: Set; news: News } {
  const set: Set = {}
  const news: News = {}
  let asked = false
  for (const [field, column, shown] of TEXT_COLUMNS) {
    const value = fields[field]
    if (value === undefined) continue
    asked = true
    if (value === group[column]) continue
    set[column] = value
    news[shown] = value
  }
  return { asked, set, news }
}

function optionChanges(group: GroupRow, fields: ChangeProfile['fields']): { set: Set; news: News } {
  const rules = TYPE_RULES[group.type]
  const set: Set = {}
  const news: News = {}
  const { ApplyJoinOption, InviteJoinOption, MaxMemberNum } = fields
  if (fields.MuteAllMember !== undefined && (fields.MuteAllMember === 'On') !== (group.mute_all === 1)) {
    set.mute_all = fields.MuteAllMember === 'On' ? 1 : 0
    news.MuteAllMember = fields.MuteAllMember
  }
  if (ApplyJoinOption !== undefined && ApplyJoinOption !== group.apply_option) {
    if (rules.optionsFixed) throw denied('A live room is free to enter; ApplyJoinOption is fixed.', 'type')
    set.apply_option = ApplyJoinOption
    news.ApplyJoinOption = ApplyJoinOption
  }
  if (InviteJoinOption !== undefined && InviteJoinOption !== group.invite_option) {
    if (rules.optionsFixed)
      throw denied('Nobody is invited to a live room; InviteJoinOption is fixed.', 'type')
    set.invite_option = InviteJoinOption
    news.InviteJoinOption = InviteJoinOption
  }
  if (fields.HistoryMsgBeforeJoin !== undefined) {
    if (!rules.historyPerGroup)
      throw denied(`HistoryMsgBeforeJoin cannot be set for a group of type ${group.type}.`, 'type')
    const history = fields.HistoryMsgBeforeJoin === 'On' ? 1 : 0
    if (history !== group.history_before_join) set.history_before_join = history
  }
  if (MaxMemberNum !== undefined && rules.membersSetting && MaxMemberNum !== group.max_members) {
    if (MaxMemberNum < group.member_count)
      throw badField('MaxMemberNum', `is below the ${group.member_count} members that the group has`)
    set.max_members = MaxMemberNum
  }
  return { set, news }
}

/** Throws 10038 for more members than the app allows. @param ceiling 0 = no bound (live rooms) */
export function requireMemberCeiling(asked: number, ceiling: number): void {
  if (ceiling > 0 && asked > ceiling)
    throw new CommandError(
      ErrorCode.GROUP_MEMBER_COUNT_LIMIT,
      `A group of this type has at most ${ceiling} members; ${asked} were asked for.`,
      { check: 'members', max: ceiling },
    )
}
