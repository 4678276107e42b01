import type { ApplyJoinOption, InviteJoinOption, WireCustomField } from '@rookery/protocol/wire-group'
import type { App } from '../../apps/app.ts'
import { checkFields } from '../custom-fields/custom-fields.ts'
import { badField } from '../group-error.ts'
import { requireMask } from '../permissions/permission-mask.ts'

/** The fields of a profile that a creation or a change may bring (rest-2 section 2.2). */
export interface ProfileFields {
  readonly Name?: string
  readonly Introduction?: string
  readonly Notification?: string
  readonly FaceUrl?: string
  readonly ApplyJoinOption?: ApplyJoinOption
  readonly InviteJoinOption?: InviteJoinOption
  readonly MuteAllMember?: 'On' | 'Off'
  readonly HistoryMsgBeforeJoin?: 'On' | 'Off'
  readonly AppDefinedData?: readonly WireCustomField[]
  readonly EnablePermission?: number
  /** As the request brings the mask. */
  readonly DefaultPermission?: number | string
}

type SettingSource = Pick<App, 'setting'>

const TEXTS = [
  ['Name', 'group.nameBytes'],
  ['Introduction', 'group.introBytes'],
  ['Notification', 'group.noticeBytes'],
  ['FaceUrl', 'group.faceBytes'],
] as const

/** Throws 10004 for texts and custom fields over the app's limits. @param nameField as the request calls the name */
export function checkProfile(app: SettingSource, given: ProfileFields, nameField = 'Name'): void {
  for (const [field, setting] of TEXTS) {
    const bytes = Buffer.byteLength(given[field] ?? '')
    const max = app.setting(setting)
    if (bytes > max)
      throw badField(field === 'Name' ? nameField : field, `has ${bytes} bytes; at most ${max} are allowed`)
  }
  if (given.Name === '') throw badField(nameField, 'may not be empty')
  checkFields('AppDefinedData', given.AppDefinedData ?? [], groupFieldBounds(app))
  if (given.DefaultPermission !== undefined) requireMask('DefaultPermission', given.DefaultPermission)
}

export const groupFieldBounds = (app: SettingSource) => ({
  fields: app.setting('group.customFieldsMax'),
  valueBytes: app.setting('group.customValueBytes'),
  acceptsUndeclared: app.setting('group.undeclaredFields'),
})

export const memberFieldBounds = (app: SettingSource) => ({
  fields: app.setting('group.memberFieldsMax'),
  valueBytes: app.setting('group.memberValueBytes'),
  acceptsUndeclared: app.setting('group.undeclaredFields'),
})
