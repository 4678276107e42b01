import { ErrorCode } from '@rookery/protocol/error-code'
import type { Call } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { denied, groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { roleIn } from '../judge.ts'

type SocketCall = Pick<Call<unknown>, 'caller' | 'services'>

/** Enters a live room with this session; a browser leaves its other ones. False when inside already. Throws 10007 for who is banned. */
export async function enterRoom({ caller, services }: SocketCall, room: GroupRow): Promise<boolean> {
  const { app, accountId, sessionId } = caller
  if (sessionId === undefined) throw new Error('Live rooms are entered by sessions.')
  await requireAdmitted(services, room, accountId)
  const alone = services.sessions.platformOf(sessionId) === 'Web'
  const isNew = services.rooms.enter(app, room, accountId, sessionId, alone)
  try {
    // What was decided before the entry was told to nobody inside; what comes after it is.
    await requireAdmitted(services, room, accountId)
    if (!(await services.groups.byNo(app.id, room.group_no))) throw groupNotFound(room.name)
  } catch (error) {
    services.rooms.live.quit(app.id, room.group_no, accountId)
    throw error
  }
  return isNew
}

async function requireAdmitted({ store }: Services, room: GroupRow, account: number): Promise<void> {
  const ban = await store.read
    .selectFrom('group_ban')
    .select('until')
    .where('app_id', '=', room.app_id)
    .where('group_no', '=', room.group_no)
    .where('account_id', '=', account)
    .where('until', '>', Math.floor(Date.now() / 1000))
    .executeTakeFirst()
  if (ban) throw denied('You are banned from this room for a time.', 'banned')
}

/** Leaves a live room. Throws 10009 for its owner, 10007 for who is not inside. */
export function quitRoom({ caller, services }: SocketCall, room: GroupRow): void {
  if (roleIn(room, undefined, caller.accountId) === 'Owner')
    throw new CommandError(
      ErrorCode.GROUP_OWNER_CANNOT_QUIT,
      'The owner of a live room may not quit it; dismiss it instead.',
      { check: 'role' },
    )
  if (!services.rooms.live.quit(room.app_id, room.group_no, caller.accountId))
    throw denied(`You are not in the room ${room.name}.`, 'audience')
}
