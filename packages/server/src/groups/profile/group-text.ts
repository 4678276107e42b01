import type { ApplyJoinOption, InviteJoinOption, WireCustomField } from '@rookery/protocol/wire-group'
import type { App } from '../../apps/app.ts'
import { checkFields } from '../custom-fields.ts'
import { badField } from '../group-error.ts'

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
}

type SettingSource = Pick<App, 'setting'>

const TEXTS = [
  ['Name', 'group.nameBytes'],
  ['Introduction', 'group.introBytes'],
  ['Notification', 'group.noticeBytes'],
  ['FaceUrl', 'group.faceBytes'],
] as const

/** Throws 10004 for texts and custom fields over the app's limits. */
export function checkProfile(app: SettingSource, given: ProfileFields): void {
  for (const [field, setting] of TEXTS) {
    const bytes = Buffer.byteLength(given[field] ?? '')
    const max = app.setting(setting)
    if (bytes > max) throw badField(field, `has ${bytes} bytes; at most ${max} are allowed`)
  }
  if (given.Name === '') throw badField('Name', 'may not be empty')
  checkFields('AppDefinedData', given.AppDefinedData ?? [], groupFieldBounds(app))
}

export const groupFieldBounds = (app: SettingSource) => ({
  fields: app.setting('group.customFieldsMax'),
  valueBytes: app.setting('group.customValueBytes'),
})

export const memberFieldBounds = (app: SettingSource) => ({
  fields: app.setting('group.memberFieldsMax'),
  valueBytes: app.setting('group.memberValueBytes'),
})
