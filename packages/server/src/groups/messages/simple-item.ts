import { formatMessageKey } from '@rookery/protocol/message-key'
import { priorityOf } from '../../messages/message-frame.ts'
import type { MessageRow } from '../../messages/message-row.ts'
import { MessageFlag } from '../../store/schema.ts'
import { SYSTEM_SENDER } from '../tips/append-tip.ts'

/** `MsgPriority` and `IsPlaceMsg` of rest-2 section 6.5. */
const PRIORITY = { High: 1, Normal: 2, Low: 3, Lowest: 4 } as const
const PLACE_OF_RECALLED = 2

/** An item of `group_msg_get_simple`. */
export function simpleItemText(row: MessageRow, from: string): string {
  const recalled = (row.flags & MessageFlag.RECALLED) !== 0
  const key = formatMessageKey({ msgSeq: row.msg_seq, random: row.random, time: row.time })
  return `{"From_Account":${recalled ? '""' : JSON.stringify(from)},"IsPlaceMsg":${
    recalled ? PLACE_OF_RECALLED : 0
  }${row.sender_id === SYSTEM_SENDER ? ',"IsSystemMsg":1' : ''},"MsgBody":${recalled ? '[]' : row.body},"MsgPriority":${
    PRIORITY[priorityOf(row.flags)]
  },"MsgRandom":${row.random},"MsgSeq":${row.seq},"MsgTimeStamp":${row.time},"MsgKey":"${key}","CloudCustomData":${JSON.stringify(
    row.custom,
  )}}`
}
