import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { Caller } from '../../commands/caller.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { priorityOf } from '../../messages/message-frame.ts'
import { denied, groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { roleIn } from '../judge.ts'
import { type RoomContent, roomFrame } from './room-service.ts'

export interface RoomSend extends Omit<RoomContent, 'seq' | 'time'> {
  readonly from: Account
  /** Bits of `MessageFlag`, the priority among them. */
  readonly flags: number
}

/** `dropped`: given up under pressure. */
export type SentToRoom =
  | { readonly outcome: 'transient'; readonly seq: number; readonly time: number }
  | { readonly outcome: 'dropped'; readonly time: number }

/** As often as rights may change between a judgement and its send. */
const TRIES = 8

/**
 * Says something in a live room. Throws 10010; 10007 for a user who is not inside; 10017 for one who is muted, where
 * everybody is, all but the owner and admins.
 */
export async function sendToRoom(
  services: Services,
  caller: Caller,
  groupId: string,
  send: RoomSend,
): Promise<SentToRoom> {
  const { app, sessionId } = caller
  for (let tries = 0; tries < TRIES; tries++) {
    const group = await services.groups.find(app.id, groupId)
    if (!group) throw groupNotFound(groupId)
    await requireMaySpeak(services, caller, group, send.from.id)
    const sent = await services.rooms.lane.send({
      group,
      priority: priorityOf(send.flags),
      ...(sessionId !== undefined && { except: sessionId }),
      frame: (seq, time) => roomFrame(group, { ...send, seq, time }, send.from),
    })
    if (sent.outcome === 'sent') {
      services.metrics.messages.inc({ outcome: 'transient' })
      return { outcome: 'transient', seq: sent.seq, time: sent.time }
    }
    if (sent.outcome === 'shed') {
      services.metrics.messages.inc({ outcome: 'dropped' })
      return { outcome: 'dropped', time: sent.time }
    }
    services.groups.refresh(group)
  }
  throw denied('The rights in this room change too fast to judge this message; send it again.', 'stale')
}

async function requireMaySpeak(
  services: Services,
  caller: Caller,
  group: GroupRow,
  account: number,
): Promise<void> {
  const onSocket = caller.door === 'socket'
  if (onSocket && !services.rooms.live.has(group.app_id, group.group_no, account))
    throw denied(`Enter the room ${group.name} before you speak in it.`, 'audience')
  // What the app says itself nobody mutes.
  if (!onSocket && account === caller.accountId) return
  const { row, mutedUntil } = await services.groups.membership(group, account)
  const isMuted = mutedUntil > Math.floor(Date.now() / 1000)
  const role = roleIn(group, row, account)
  const isSpared = role === 'Owner' || role === 'Admin' || !onSocket
  if (!isMuted && (group.mute_all === 0 || isSpared)) return
  throw new CommandError(
    ErrorCode.GROUP_MUTED,
    isMuted ? 'The account is muted in this room for a time.' : 'Everybody is muted in this room.',
    { check: isMuted ? 'muted' : 'mute-all' },
  )
}
