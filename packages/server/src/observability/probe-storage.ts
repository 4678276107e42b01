import { defineMutation } from '../store/mutation.ts'

const PROBE_ROW = 'storage_probe'

/** A write that must reach the disk: a batch without one also succeeds on a full disk. */
export const probeStorage = defineMutation<null, null>(
  'observability/probe-storage',
  async tx => {
    const value = String(tx.nowMs)
    await tx.db
      .insertInto('meta')
      .values({ name: PROBE_ROW, value })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
      .execute()
    return null
  },
  { keepsHeads: true, locks: () => [] },
)
