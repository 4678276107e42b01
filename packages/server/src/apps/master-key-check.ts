import { ConfigError } from '../config/load-config.ts'
import { defineMutation } from '../store/mutation.ts'
import type { Store } from '../store/store.ts'
import type { SecretBox } from './secret-box.ts'

const NAME = 'master_key_check'
const PURPOSE = 'master-key-check'
const CONTENT = 'rookery'

const keepMasterKeyCheck = defineMutation<{ readonly sealed: string }, null>(
  'apps/keep-master-key-check',
  async (tx, { sealed }) => {
    await tx.db
      .insertInto('meta')
      .values({ name: NAME, value: sealed })
      .onConflict(conflict => conflict.column('name').doNothing())
      .execute()
    return null
  },
  { keepsHeads: true, locks: () => [] },
)

/** Finds out at the start, not at the first login, that the master key is not the one of this database. */
export async function checkMasterKey(store: Store, box: SecretBox): Promise<void> {
  if (!(await readCheck(store)))
    await store.mutate(keepMasterKeyCheck, { sealed: box.seal(CONTENT, PURPOSE) })
  // Read again: another node may have kept its own first.
  const sealed = await readCheck(store)
  if (sealed === undefined) throw new Error('The check of the master key was not stored.')
  try {
    if (box.open(sealed, PURPOSE) === CONTENT) return
  } catch {
    // Told below: whatever GCM says, the remedy is the same.
  }
  throw new ConfigError([
    "The master key is not the one that this database was made with, so the apps' keys can't be read. " +
      'Start with the master key that belongs to this data folder.',
  ])
}

async function readCheck(store: Store): Promise<string | undefined> {
  const row = await store.read.selectFrom('meta').select('value').where('name', '=', NAME).executeTakeFirst()
  return row?.value
}
