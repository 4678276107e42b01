import type { Services } from '../../commands/services.ts'
import { MessageList } from '../../messages/message-list.ts'
import type { GroupRow } from '../group-rows.ts'
import { memberGroup } from './judge-sender.ts'

/** Shows stored messages of a group with the present name cards of their senders. */
export function groupMessageList(
  services: Pick<Services, 'accounts' | 'groups'>,
  group: GroupRow,
): MessageList {
  return new MessageList(
    services.accounts,
    { app: group.app_id, lo: 0, hi: group.group_no },
    {
      groupId: group.name,
      nameCard: async account => {
        const home = await memberGroup(services, group)
        return home ? ((await services.groups.membership(home, account)).row?.name_card ?? '') : ''
      },
    },
  )
}
