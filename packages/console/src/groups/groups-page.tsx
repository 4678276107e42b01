import { useSearchParams } from 'wouter'
import { GroupList } from './group-list.tsx'
import { GroupView } from './group-view.tsx'

/** All groups, or the one that the address names: ids may hold what a path may not. */
export function GroupsPage() {
  const [params] = useSearchParams()
  const groupId = params.get('id')
  return groupId === null ? <GroupList /> : <GroupView key={groupId} groupId={groupId} />
}
