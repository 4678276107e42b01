import { randomBytes } from 'node:crypto'
import { formatMessageKey } from '@rookery/protocol/message-key'
import type { TipMode } from '@rookery/protocol/settings/group-settings'
import type { Transaction } from '../../store/mutation.ts'
import { audienceOf } from '../audience/audience-of.ts'
import type { GroupRow } from '../group-rows.ts'
import { personsOf } from '../persons.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { appendTip } from './append-tip.ts'
import { type Tip, tipContent } from './tip-content.ts'

/** Sender of tips and notices (rest-2 section 2.1). */
export const SYSTEM_ACCOUNT = '@TIM#SYSTEM'

/**
 * Tells everybody in the group what happened, as the app's settings want it: kept in the history, only said, or not at all.
 * Nobody is told of a work group that is not active yet (rest-2 section 1.7). Call it after the rows are what they shall be.
 */
export async function sendTip(
  tx: Transaction,
  group: GroupRow,
  operator: number,
  tip: Tip,
  mode: TipMode,
): Promise<void> {
  if (mode === 'off' || group.active === 0) return
  const persons = await personsOf(tx.db, group.app_id, [...tip.accounts, operator])
  const content = tipContent(tip, operator, group.member_count, persons)
  const body = JSON.stringify([{ MsgType: 'TIMGroupTipElem', MsgContent: content }])
  const random = randomBytes(4).readUInt32BE()
  const stored =
    mode === 'store' && TYPE_RULES[group.type].storesHistory
      ? await appendTip(tx, group, { body, random })
      : undefined
  const text = tipText(group, { seq: stored?.seq ?? 0, time: stored?.time ?? tx.now, random, body })
  tx.changed({
    kind: 'groupPush',
    app: group.app_id,
    ...audienceOf(group),
    frame: `{"ev":"${stored ? 'message' : 'online'}","m":${text}}`,
    ...(stored && { head: stored.seq }),
  })
  if (stored) tx.changed({ kind: 'conversation', app: group.app_id, conv: group.conv_id })
}

/** A tip as a `WireMessage`. `seq` 0: it is not stored. */
function tipText(
  group: GroupRow,
  tip: { readonly seq: number; readonly time: number; readonly random: number; readonly body: string },
): string {
  const { seq, time, random } = tip
  return `{"ConvId":${group.conv_id}${seq > 0 ? `,"Seq":${seq}` : ''},"GroupId":${JSON.stringify(
    group.name,
  )},"From_Account":"${SYSTEM_ACCOUNT}","To_Account":"","From_TinyID":"0","MsgSeq":${seq},"MsgRandom":${random},"MsgTimeStamp":${time},"MsgClientTime":${time},"MsgKey":"${formatMessageKey(
    { msgSeq: seq, random, time },
  )}","MsgPriority":"Normal","MsgFlagBits":0,"MsgBody":${tip.body},"CloudCustomData":"","NoUnread":1}`
}
