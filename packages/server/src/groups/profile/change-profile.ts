import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { TipMode } from '@rookery/protocol/settings/group-settings'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation } from '../../store/mutation.ts'
import type { ChatGroupTable } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { groupFieldChange } from '../custom-fields/change-fields.ts'
import type { FieldBounds } from '../custom-fields/custom-fields.ts'
import { actingRole, type GroupCall, groupLocks, standing } from '../group-call.ts'
import { badField, denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { requireMask } from '../permissions/permission-mask.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import type { Operation } from '../rules/operations.ts'
import { strongest } from '../rules/tip-rules.ts'
import { sendTip } from '../tips/send-tip.ts'
import type { TipProfile } from '../tips/tip-content.ts'
import type { ProfileFields } from './group-text.ts'
import { tellProfile } from './tell-profile.ts'

export interface ChangeProfile extends GroupCall {
  readonly fields: ProfileFields & { readonly MaxMemberNum?: number }
  readonly bounds: FieldBounds
  /** The actor is in the live room: who is, is a member of it for its custom fields. */
  readonly isInRoom?: boolean
}

type Set = { -readonly [K in keyof ChatGroupTable]?: ChatGroupTable[K] }
type News = { -readonly [K in keyof TipProfile]: TipProfile[K] }

/**
 * Changes what is given and differs; each kind of field asks for its own right, a declared custom field for its own level.
 * Throws 10007 without it, 10004 for a value that the group can't have.
 */
export const changeProfile = defineMutation<ChangeProfile, void>(
  'groups/change-profile',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    const role = actingRole(who, 'changeProfile')
    const { fields } = call
    const set: Set = {}
    const news: News = {}
    const modes: TipMode[] = []

    const texts = textChanges(group, fields)
    const custom = fields.AppDefinedData?.length
      ? await groupFieldChange(
          tx,
          group,
          fields.AppDefinedData,
          { role: role === 'NonMember' && call.isInRoom ? 'Member' : role },
          call.bounds,
        )
      : undefined
    const mutes = fields.MuteAllMember !== undefined
    const options = [
      fields.ApplyJoinOption,
      fields.InviteJoinOption,
      fields.HistoryMsgBeforeJoin,
      fields.MaxMemberNum,
    ].some(value => value !== undefined)
    const switches = fields.EnablePermission !== undefined
    const defaults = fields.DefaultPermission !== undefined
    const require = (operation: Operation) => requireMay(operation, group, actingRole(who, operation))
    if (texts.asked || custom?.hasUndeclared || !(mutes || options || switches || defaults || custom))
      require('changeProfile')
    if (mutes) require('muteAll')
    if (options) require('changeOptions')
    // Asked of other groups, it is their type that lacks them.
    if (group.support_topic && switches) require('switchPermissions')
    if (group.support_topic && defaults) require('managePermissionGroups')

    if (Object.keys(texts.set).length > 0) {
      Object.assign(set, texts.set)
      Object.assign(news, texts.news)
      modes.push(call.tips.profile)
    }
    if (custom && custom.stored !== group.custom) {
      set.custom = custom.stored
      if (custom.told.length > 0) {
        news.AppDefinedData = custom.told
        modes.push(call.tips.custom)
      }
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
  return { set: { ...set, ...permissionChanges(group, fields) }, news }
}

/** Groups without topics have no permissions to switch on; what changes nothing is no matter. Throws 10007. */
function permissionChanges(
  group: GroupRow,
  { EnablePermission, DefaultPermission }: ChangeProfile['fields'],
): Set {
  const mask =
    DefaultPermission === undefined
      ? group.default_permission
      : requireMask('DefaultPermission', DefaultPermission)
  const enabled = EnablePermission ?? group.enable_permission
  const set: Set = {
    ...(enabled !== group.enable_permission && { enable_permission: enabled }),
    ...(mask !== group.default_permission && { default_permission: mask }),
  }
  if (Object.keys(set).length > 0 && !group.support_topic) throw noPermissions()
  return set
}

export function noPermissions(): CommandError {
  return denied(
    'EnablePermission and DefaultPermission are for communities that were made with SupportTopic 1.',
    'type',
  )
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
