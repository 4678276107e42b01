import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupType, WireCustomField } from '@rookery/protocol/wire-group'
import type { App } from '../../apps/app.ts'
import { CommandError } from '../../commands/command-error.ts'
import { mergeFields } from '../custom-fields/custom-fields.ts'
import { checkNewGroupId } from '../group-id.ts'
import { requireMask } from '../permissions/permission-mask.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { tipModes } from '../rules/tip-rules.ts'
import { noPermissions, requireMemberCeiling } from './change-profile.ts'
import type { CreateGroup } from './create-group.ts'
import { checkProfile, groupFieldBounds, type ProfileFields } from './group-text.ts'

/** What may be said of a new group; the rest comes from its type and the app's settings. */
export interface NewGroup extends Omit<ProfileFields, 'Name'> {
  readonly Name: string
  readonly GroupId?: string
  readonly MaxMemberCount?: number
  readonly SupportTopic?: number
}

/**
 * A creation without owner and first members. Throws 10004, 10007, 10015, 10038 and 11000 for what the app does not allow.
 *
 * @param bySdk an SDK that names no size gets the type's own.
 */
export function newGroup(
  app: App,
  type: GroupType,
  given: NewGroup,
  bySdk: boolean,
): Omit<CreateGroup, 'actor' | 'owner' | 'members'> {
  checkProfile(app, given)
  if (given.GroupId !== undefined) checkNewGroupId(given.GroupId, type, app.setting('group.idBytes'))
  if (type === 'Community' && !app.setting('group.communityEnabled'))
    throw new CommandError(
      ErrorCode.COMMUNITY_DISABLED,
      'Communities are off for this app; its operator can switch group.communityEnabled on.',
      { check: 'group.communityEnabled' },
    )
  const rules = TYPE_RULES[type]
  const supportTopic = type === 'Community' && given.SupportTopic === 1
  const enablePermission = given.EnablePermission === 1
  const defaultPermission = requireMask('DefaultPermission', given.DefaultPermission ?? 0)
  if ((enablePermission || defaultPermission !== '0') && !supportTopic) throw noPermissions()
  const fields = mergeFields('AppDefinedData', '[]', given.AppDefinedData ?? [], groupFieldBounds(app))
  return {
    app: app.id,
    type,
    ...(given.GroupId !== undefined && { groupId: given.GroupId }),
    name: given.Name,
    introduction: given.Introduction ?? '',
    notification: given.Notification ?? '',
    faceUrl: given.FaceUrl ?? '',
    maxMembers: memberCeiling(app, type, given.MaxMemberCount, bySdk),
    applyOption: (!rules.optionsFixed && given.ApplyJoinOption) || rules.applyOption,
    inviteOption: (!rules.optionsFixed && given.InviteJoinOption) || rules.inviteOption,
    historyBeforeJoin: rules.historySetting !== undefined && app.setting(rules.historySetting) === true,
    muteAll: false,
    supportTopic,
    enablePermission,
    defaultPermission,
    fields: JSON.parse(fields) as WireCustomField[],
    acceptsUndeclared: app.setting('group.undeclaredFields'),
    active: !rules.startsInactive || !app.setting('group.workStartsInactive'),
    quotas: {
      groups: app.setting('group.maxPerApp'),
      liveRooms: app.setting('group.avMax'),
      communities: app.setting('group.communitiesMax'),
      newPerDay: app.setting('group.newPerDay'),
    },
    joinedMax: app.setting('group.joinedMax'),
    tips: tipModes(app, type),
    notices: { max: app.setting('group.noticesMax'), days: app.setting('group.noticeDays') },
  }
}

/** Most members of a new group. Throws 10038 for more than the app allows. */
function memberCeiling(app: App, type: GroupType, asked: number | undefined, bySdk: boolean): number {
  const { membersSetting, sdkMembers } = TYPE_RULES[type]
  if (!membersSetting) return 0
  const ceiling = app.setting(membersSetting)
  if (!asked) return bySdk ? Math.min(ceiling, sdkMembers ?? ceiling) : ceiling
  requireMemberCeiling(asked, ceiling)
  return asked
}
