import { defineMutation } from '../store/mutation.ts'

const CLAIM = 'first_app_claim'
/** A node that died meanwhile keeps nobody else from making the app longer than this. */
const CLAIM_MS = 60_000

/** True for the one of several nodes that makes the first app of an empty database. */
export const claimFirstApp = defineMutation<null, boolean>(
  'apps/claim-first-app',
  async tx => {
    const app = await tx.db.selectFrom('app').select('app_id').limit(1).executeTakeFirst()
    if (app) return false
    const claim = await tx.db.selectFrom('meta').select('value').where('name', '=', CLAIM).executeTakeFirst()
    if (claim && tx.nowMs - Number(claim.value) < CLAIM_MS) return false
    const value = String(tx.nowMs)
    await tx.db
      .insertInto('meta')
      .values({ name: CLAIM, value })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
      .execute()
    return true
  },
  { keepsHeads: true },
)
