import { TSignaling } from '../constants/signaling.ts'
import { TYPES } from '../constants/types.ts'
import type { Signaling } from '../named-types.ts'
import { type Content, isContent, numberOf, textOf } from './content.ts'

const ACTIONS: readonly unknown[] = [
  TSignaling.ACTION_TYPE_INVITE,
  TSignaling.ACTION_TYPE_CANCEL_INVITE,
  TSignaling.ACTION_TYPE_ACCEPT_INVITE,
  TSignaling.ACTION_TYPE_REJECT_INVITE,
  TSignaling.ACTION_TYPE_INVITE_TIMEOUT,
]

/** What an invitation carried by a custom message says; null for every other message (sdk-2 section 12). */
export function signalingInfoOf(value: unknown): Signaling | null {
  if (!isContent(value) || value.type !== TYPES.MSG_CUSTOM || !isContent(value.payload)) return null
  const it = parsed(value.payload.data)
  if (!it || textOf(it.inviteID) === '' || !ACTIONS.includes(it.actionType)) return null
  return {
    inviteID: textOf(it.inviteID),
    groupID: textOf(it.groupID),
    inviter: textOf(it.inviter),
    inviteeList: Array.isArray(it.inviteeList) ? it.inviteeList.map(textOf) : [],
    data: textOf(it.data),
    actionType: it.actionType as TSignaling,
    timeout: numberOf(it.timeout),
  }
}

function parsed(text: unknown): Content | undefined {
  try {
    const value: unknown = JSON.parse(textOf(text))
    return isContent(value) ? value : undefined
  } catch {
    return undefined
  }
}
