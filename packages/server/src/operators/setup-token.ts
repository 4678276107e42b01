import { refuse } from '../apps/refuse.ts'
import { auditRow } from '../audit/audit-row.ts'
import { defineMutation } from '../store/mutation.ts'
import type { SetupTokenTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { nameFault } from './operator-rules.ts'
import type { Role } from './role.ts'
import { newToken, tokenHash } from './secret-token.ts'

/** DESIGN-SECURITY 7. */
export const LINK_SECONDS = 30 * 60
/** Used and overdue links stay that long, so that their second use can be told apart from a made-up one. */
const REMEMBERED_SECONDS = 30 * 86_400
/** The chain of rows about the server itself: no app has this number. */
export const SERVER_CHAIN = 0

/** Who the audit names for the link that the server makes by itself. */
export const FIRST_START = 'first-start'

/** Why a link does not work; the texts are for whoever opened it. */
export const LINK_FAULTS = {
  'link-unknown':
    'This link does not exist. Copy it whole, or make a new one on the server: rookery operator create-link',
  'link-used':
    'This link was used already. If that was not you, look at "rookery operator list" on the server, then make a new link: rookery operator create-link',
  'link-expired': 'This link has expired. Make a new one on the server: rookery operator create-link',
} as const

export type LinkFault = keyof typeof LINK_FAULTS

export function linkFault(row: SetupTokenTable | undefined, now: number): LinkFault | undefined {
  if (!row) return 'link-unknown'
  if (row.used !== null) return 'link-used'
  return row.expires <= now ? 'link-expired' : undefined
}

export interface NewLink {
  /** Empty: whoever opens it chooses. */
  readonly name: string
  readonly role: Role
  readonly actor: string
}

const storeLink = defineMutation<NewLink & { readonly hash: string }, null>(
  'operators/store-link',
  async (tx, { name, role, actor, hash }) => {
    const known = await tx.db.selectFrom('operator').select('operator_id').executeTakeFirst()
    await tx.db
      .deleteFrom('setup_token')
      .where('expires', '<', tx.now - REMEMBERED_SECONDS)
      .execute()
    // The latest link for somebody is the one that works.
    await tx.db.deleteFrom('setup_token').where('name', '=', name).where('used', 'is', null).execute()
    await tx.db
      .insertInto('setup_token')
      .values({
        token_hash: hash,
        name,
        role,
        created_by: actor,
        created: tx.now,
        expires: tx.now + LINK_SECONDS,
        used: null,
      })
      .execute()
    // Every start without an operator makes one of these: no news.
    if (known || name !== '')
      await auditRow(tx, {
        app: SERVER_CHAIN,
        actor,
        action: 'operator/link',
        target: name,
        detail: { role },
      })
    return null
  },
  { keepsHeads: true },
)

/** Makes a one-time link; returns its path with the token in the fragment, which no log ever sees. */
export async function createLink(store: Store, link: NewLink): Promise<string> {
  const fault = link.name === '' ? undefined : nameFault(link.name)
  if (fault) throw refuse('operator-name', fault)
  const token = newToken()
  await store.mutate(storeLink, { ...link, hash: tokenHash(token) })
  return `/console/#setup=${token}`
}

/** The link that makes the first operator; undefined when there is an operator. */
export async function setupLink(store: Store): Promise<string | undefined> {
  if (await hasOperator(store)) return undefined
  return createLink(store, { name: '', role: 'owner', actor: FIRST_START })
}

export async function hasOperator(store: Store): Promise<boolean> {
  const row = await store.read.selectFrom('operator').select('operator_id').limit(1).executeTakeFirst()
  return row !== undefined
}

export function readLink(store: Store, token: string): Promise<SetupTokenTable | undefined> {
  return store.read
    .selectFrom('setup_token')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .executeTakeFirst()
}
