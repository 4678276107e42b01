import type { ApplyJoinOption, InviteJoinOption } from '@rookery/protocol/wire-group'
import type { GroupDetail } from './group-answers.ts'

export interface DraftField {
  /** Of the row in the form; stays when the key is typed anew. */
  readonly row: number
  readonly key: string
  readonly value: string
}

/** A group's profile while it is being changed. */
export interface ProfileDraft {
  readonly name: string
  readonly introduction: string
  readonly notification: string
  readonly faceUrl: string
  readonly applyOption: ApplyJoinOption
  readonly inviteOption: InviteJoinOption
  /** A text while the field is empty. */
  readonly maxMembers: number | string
  readonly muteAll: boolean
  readonly history: boolean
  readonly fields: readonly DraftField[]
}

export function draftOf(group: GroupDetail): ProfileDraft {
  return {
    name: group.Name,
    introduction: group.Introduction,
    notification: group.Notification,
    faceUrl: group.FaceUrl,
    applyOption: group.ApplyJoinOption,
    inviteOption: group.InviteJoinOption,
    maxMembers: group.MaxMemberNum,
    muteAll: group.MuteAllMember === 'On',
    history: group.HistoryMsgBeforeJoin === 'On',
    fields: group.AppDefinedData.map(({ Key, Value }, row) => ({ row, key: Key, value: Value })),
  }
}

/** The arguments of `group set` for what differs; what is equal is not among them. */
export function profileChanges(group: GroupDetail, draft: ProfileDraft): Readonly<Record<string, unknown>> {
  const before = draftOf(group)
  const changes: Record<string, unknown> = {}
  const names = ['name', 'introduction', 'notification', 'faceUrl', 'applyOption', 'inviteOption'] as const
  for (const name of names) if (draft[name] !== before[name]) changes[name] = draft[name]
  if (typeof draft.maxMembers === 'number' && draft.maxMembers !== before.maxMembers)
    changes.maxMembers = draft.maxMembers
  for (const name of ['muteAll', 'history'] as const)
    if (draft[name] !== before[name]) changes[name] = draft[name] ? 'on' : 'off'
  const fields = fieldChanges(before.fields, draft.fields)
  if (fields.length > 0) changes.fields = fields
  return changes
}

/** `KEY=VALUE`; one that went is `KEY=`. */
function fieldChanges(before: readonly DraftField[], now: readonly DraftField[]): string[] {
  const old = new Map(before.map(({ key, value }) => [key, value]))
  const kept = new Map(now.flatMap(({ key, value }) => (key.trim() === '' ? [] : [[key.trim(), value]])))
  const gone = [...old.keys()].filter(key => !kept.has(key)).map(key => `${key}=`)
  const set = [...kept].filter(([key, value]) => value !== (old.get(key) ?? ''))
  return [...gone, ...set.map(([key, value]) => `${key}=${value}`)]
}
