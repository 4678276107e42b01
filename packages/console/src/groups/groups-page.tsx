import { useSearchParams } from 'wouter'
import { DeclaredFields } from './declared-fields.tsx'
import { GroupList } from './group-list.tsx'
import { GroupView } from './group-view.tsx'

/** All groups, the one that the address names (ids may hold what a path may not), or the custom fields. */
export function GroupsPage() {
  const [params] = useSearchParams()
  const groupId = params.get('id')
  if (params.get('view') === 'fields') return <DeclaredFields />
  return groupId === null ? <GroupList /> : <GroupView key={groupId} groupId={groupId} />
}
