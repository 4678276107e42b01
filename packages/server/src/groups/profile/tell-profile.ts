import type { WireGroup } from '@rookery/protocol/wire-group'
import type { Transaction } from '../../store/mutation.ts'
import { parseFields } from '../custom-fields/custom-fields.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { wireGroup } from './wire-group.ts'

/** Tells everybody in the group its present profile, also where no tip is sent, and the change number that {@link editGroup} gave it. */
export async function tellProfile(tx: Transaction, group: GroupRow): Promise<void> {
  if (group.active === 0) return
  const audience = {
    kind: 'groupPush',
    app: group.app_id,
    group: group.group_no,
    authNo: group.auth_no,
  } as const
  const shown = await wireGroup(tx.db, group)
  const isLess = shown.AppDefinedData.length < parseFields(group.custom).length
  const g: WireGroup = { ...shown, ...(isLess && { FieldsLeftOut: 1 }) }
  tx.changed({ ...audience, frame: `{"ev":"group","g":${JSON.stringify(g)}}` })
  // A large room has no conversation whose numbers anybody follows.
  if (!TYPE_RULES[group.type].storesHistory) return
  tx.changed({ ...audience, frame: await coverFrame(tx, group) })
}

/** Names the change number of a profile's change, which belongs to no message. */
export async function coverFrame(tx: Transaction, group: GroupRow): Promise<string> {
  const { change_no: changeNo } = await tx.db
    .selectFrom('conversation')
    .select('change_no')
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .executeTakeFirstOrThrow()
  return `{"ev":"cover","ConvId":${group.conv_id},"ChangeNo":${changeNo}}`
}
