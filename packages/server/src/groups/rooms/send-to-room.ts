import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { Caller } from '../../commands/caller.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { denied, groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { roleIn } from '../judge.ts'
import type { Priority } from './room-lane.ts'
import { type RoomContent, roomFrame } from './room-service.ts'

export interface RoomSend extends Omit<RoomContent, 'seq' | 'time'> {
  readonly groupId: string
  readonly from: Account
  readonly priority: Priority
}

export interface SentToRoom {
  /** 0: given up under pressure. */
  readonly msgSeq: number
  readonly time: number
}

/** As often as rights may change between a judgement and its send. */
const TRIES = 5

/**
 * Says something in a live room. Throws 10010; 10007 for a user who is not inside; 10017 for one who is muted, where
 * everybody is, all but the owner and admins.
 */
export async function sendToRoom(services: Services, caller: Caller, send: RoomSend): Promise<SentToRoom> {
  const { app, sessionId } = caller
  for (let tries = 0; tries < TRIES; tries++) {
    const group = await services.groups.find(app.id, send.groupId)
    if (!group) throw groupNotFound(send.groupId)
    if (caller.door === 'socket') await requireMaySpeak(services, caller, group)
    const sent = await services.rooms.lane.send({
      group,
      priority: send.priority,
      ...(sessionId !== undefined && { except: sessionId }),
      frame: (seq, time) => roomFrame(group, { ...send, seq, time }, send.from),
    })
    if (sent.outcome === 'sent') {
      services.metrics.messages.inc({ outcome: 'transient' })
      return { msgSeq: sent.seq, time: sent.time }
    }
    if (sent.outcome === 'shed') {
      services.metrics.messages.inc({ outcome: 'dropped' })
      return { msgSeq: 0, time: sent.time }
    }
    services.groups.refresh(app.id, group.group_no)
  }
  throw new CommandError(
    ErrorCode.GROUP_INTERNAL_ERROR,
    'The rights in the room change all the time; try again.',
    { check: 'stale' },
  )
}

async function requireMaySpeak(services: Services, caller: Caller, group: GroupRow): Promise<void> {
  const { accountId } = caller
  if (!services.rooms.live.has(group.app_id, group.group_no, accountId))
    throw denied(`Enter the room ${group.name} before you speak in it.`, 'audience')
  const { row, mutedUntil } = await services.groups.membership(group, accountId)
  const isMuted = mutedUntil > Math.floor(Date.now() / 1000)
  const role = roleIn(group, row, accountId)
  if (!isMuted && (group.mute_all === 0 || role === 'Owner' || role === 'Admin')) return
  throw new CommandError(
    ErrorCode.GROUP_MUTED,
    isMuted ? 'You are muted in this room for a time.' : 'Everybody is muted in this room.',
    { check: isMuted ? 'muted' : 'mute-all' },
  )
}
