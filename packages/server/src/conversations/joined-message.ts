import type { ShownMessage } from '../messages/message-frame.ts'

export interface LastMessage extends ShownMessage {
  readonly senderId: number
}

/** A message's columns as the joined queries of this folder name them; null where there is none. */
export interface JoinedMessage {
  m_seq: number | null
  m_sender: number | null
  m_msg_seq: number | null
  m_random: number | null
  m_time: number | null
  m_client_time: number | null
  m_flags: number | null
  m_body: string | null
  m_custom: string | null
  m_change_no: number | null
  m_version: number | null
  m_peer_read_time: number | null
  m_revoke_reason: string | null
  m_revoker: string | null
}

export const JOINED_MESSAGE = [
  'm.seq as m_seq',
  'm.sender_id as m_sender',
  'm.msg_seq as m_msg_seq',
  'm.random as m_random',
  'm.time as m_time',
  'm.client_time as m_client_time',
  'm.flags as m_flags',
  'm.body as m_body',
  'm.custom as m_custom',
  'm.change_no as m_change_no',
  'm.version as m_version',
  'm.peer_read_time as m_peer_read_time',
  'm.revoke_reason as m_revoke_reason',
  'revoker.user_id as m_revoker',
] as const

export function joinedMessage(conv: number, row: JoinedMessage, owner: number): LastMessage | undefined {
  if (row.m_seq === null) return undefined
  const senderId = row.m_sender ?? owner
  return {
    conv,
    seq: row.m_seq,
    senderId,
    changeNo: row.m_change_no ?? 0,
    msgSeq: row.m_msg_seq ?? 0,
    random: row.m_random ?? 0,
    time: row.m_time ?? 0,
    clientTime: row.m_client_time ?? 0,
    flags: row.m_flags ?? 0,
    body: row.m_body ?? '[]',
    custom: row.m_custom ?? '',
    version: row.m_version ?? 0,
    peerReadTime: row.m_peer_read_time ?? 0,
    revoker: row.m_revoker ?? '',
    revokeReason: row.m_revoke_reason ?? '',
  }
}
