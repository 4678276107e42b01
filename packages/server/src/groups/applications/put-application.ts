import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Transaction } from '../../store/mutation.ts'
import type { GroupApplicationTable } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'

export type ApplicationRow = Readonly<Selectable<GroupApplicationTable>>

export interface NewApplication {
  readonly kind: number
  /** Who asks or invites. */
  readonly applicant: number
  /** Who is invited; 0 when the applicant asks for himself. */
  readonly user: number
  readonly note?: string
  readonly userField?: string
}

/** What whoever handles it sends back. */
export interface ApplicationKey {
  readonly msgKey: number
  readonly token: string
}

/** Keys of one millisecond differ in their last digits; the whole stays below 2^53. */
const KEYS_A_MS = 1000

/** Notes a request; a repeated one takes the place of the earlier one, with a new key. */
export async function putApplication(
  tx: Transaction,
  group: GroupRow,
  application: NewApplication,
): Promise<ApplicationKey> {
  const msgKey = tx.nowMs * KEYS_A_MS + (randomBytes(2).readUInt16BE() % KEYS_A_MS)
  const token = randomBytes(9).toString('base64url')
  const state = {
    msg_key: msgKey,
    token,
    note: application.note ?? '',
    user_field: application.userField ?? '',
    time: tx.now,
    handled: 0,
    handler_id: 0,
    handled_text: '',
    handled_time: 0,
  }
  await tx.db
    .insertInto('group_application')
    .values({
      app_id: group.app_id,
      group_no: group.group_no,
      kind: application.kind,
      applicant_id: application.applicant,
      user_id: application.user,
      ...state,
    })
    .onConflict(conflict =>
      conflict.columns(['app_id', 'group_no', 'kind', 'applicant_id', 'user_id']).doUpdateSet(state),
    )
    .execute()
  return { msgKey, token }
}
