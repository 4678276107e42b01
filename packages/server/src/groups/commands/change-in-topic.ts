import type { GroupReceiveOption } from '@rookery/protocol/wire-group'
import type { Call } from '../../commands/command.ts'
import { badField } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { muteMembers } from '../members/mute-members.ts'
import { setTopicOption } from '../topics/topic-members.ts'
import { memberCall } from './group-caller.ts'

interface Change {
  readonly Role?: unknown
  readonly NameCard?: unknown
  readonly AppMemberDefinedData?: unknown
  readonly MsgFlag?: GroupReceiveOption
}

/** What a member has of its own in a topic: a receive option, a mute. The rest it has in the community. Throws 10004, 10007. */
export async function changeInTopic(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  topic: GroupRow,
  account: number,
  change: Change,
  muteSeconds?: number,
): Promise<void> {
  for (const field of ['Role', 'NameCard', 'AppMemberDefinedData'] as const)
    if (change[field] !== undefined) throw badField(field, 'belongs to the community; name it as the GroupId')
  const target = { ...(await memberCall(call, topic)), topicId: topic.name }
  const { store } = call.services
  if (muteSeconds !== undefined)
    await store.mutate(muteMembers, { ...target, accounts: [account], seconds: muteSeconds })
  if (change.MsgFlag !== undefined)
    await store.mutate(setTopicOption, { ...target, account, option: change.MsgFlag })
}
