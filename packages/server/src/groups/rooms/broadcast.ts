import type { Account } from '../../accounts/account.ts'
import type { Services } from '../../commands/services.ts'
import { wireMessageText } from '../../messages/message-frame.ts'

/** On the bus: every live room of an app. No group has this number. */
export const EVERY_ROOM = 0

export interface Broadcast {
  readonly from: Account
  /** JSON text of MsgBody. */
  readonly body: string
  readonly custom: string
  readonly random: number
  readonly seq: number
}

const START = '{"ev":"online","m":{'

/** Says something to everybody in every live room of the app, on every node; it is not stored. */
export function broadcast(services: Services, app: number, said: Broadcast): void {
  const now = Math.floor(Date.now() / 1000)
  const { from, body, custom, random } = said
  const shown = {
    conv: 0,
    seq: 0,
    changeNo: 0,
    msgSeq: said.seq,
    random,
    time: now,
    clientTime: now,
    flags: 0,
    body,
    custom,
    version: 0,
    peerReadTime: 0,
    revoker: '',
    revokeReason: '',
  }
  const text = wireMessageText(shown, from, { userId: '' })
  const frame = `${START}"IsBroadcast":1,"MsgPriority":"High",${text.slice(1)}}`
  services.bus.pushGroup({ app, group: EVERY_ROOM, frame, authNo: 0 })
}

/** The same as a message of one room. */
export function broadcastIn(groupId: string, frame: string): string {
  return `${START}"GroupId":${JSON.stringify(groupId)},${frame.slice(START.length)}`
}
