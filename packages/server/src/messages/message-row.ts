import type { Selectable } from 'kysely'
import type { MessageTable } from '../store/schema.ts'
import type { ShownMessage } from './message-frame.ts'

/** The columns that showing a message of two takes. */
export const SHOWN_COLUMNS = [
  'message.conv_id',
  'message.seq',
  'message.sender_id',
  'message.msg_seq',
  'message.random',
  'message.time',
  'message.client_time',
  'message.flags',
  'message.body',
  'message.custom',
  'message.change_no',
  'message.version',
  'message.peer_read_time',
  'message.revoker_id',
  'message.revoke_reason',
] as const

/** The columns that showing or changing a stored message takes. */
export const MESSAGE_COLUMNS = [
  ...SHOWN_COLUMNS,
  'message.app_id',
  'message.ext_seq',
  'message.ext_clear_seq',
  'message.to_ids',
  'message.at_info',
] as const

export type MessageRow = Readonly<
  Omit<Selectable<MessageTable>, 'count_no' | 'own_no' | 'push_info' | 'client_hash' | 'late_after'>
>

/** A message of two as it is shown; a {@link MessageRow} is one as well. */
export type ShownRow = Omit<MessageRow, 'app_id' | 'ext_seq' | 'ext_clear_seq' | 'to_ids' | 'at_info'>

/** @param revoker UserID of who recalled it, empty when it was not recalled. */
export function shownFromRow(row: ShownRow, revoker: string): ShownMessage {
  return {
    conv: row.conv_id,
    seq: row.seq,
    changeNo: row.change_no,
    msgSeq: row.msg_seq,
    random: row.random,
    time: row.time,
    clientTime: row.client_time,
    flags: row.flags,
    body: row.body,
    custom: row.custom,
    version: row.version,
    peerReadTime: row.peer_read_time,
    revoker,
    revokeReason: row.revoke_reason,
  }
}
