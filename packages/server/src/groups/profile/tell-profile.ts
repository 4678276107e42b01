import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow } from '../group-rows.ts'
import { wireGroup } from './wire-group.ts'

/** Tells everybody in the group its present profile, also where no tip is sent. */
export async function tellProfile(tx: Transaction, group: GroupRow): Promise<void> {
  if (group.active === 0) return
  tx.changed({
    kind: 'groupPush',
    app: group.app_id,
    group: group.group_no,
    frame: `{"ev":"group","g":${JSON.stringify(await wireGroup(tx.db, group))}}`,
    authNo: group.auth_no,
  })
}
