import { auditRow } from '../audit/audit-row.ts'
import { defineMutation } from '../store/mutation.ts'
import { appLock } from './app-lock.ts'
import { appRow, refuse } from './refuse.ts'

/** More pages than one app is served from. */
const ORIGINS_MAX = 50

/** Sets the origins whose pages may log in over WebSocket; an empty list allows every page. Returns the list before. */
export const setAllowedOrigins = defineMutation<
  { readonly app: number; readonly origins: readonly string[]; readonly actor: string },
  { readonly old: readonly string[] }
>(
  'apps/set-allowed-origins',
  async (tx, { app, origins, actor }) => {
    if (origins.length > ORIGINS_MAX)
      throw refuse('allowed-origins', `An app has at most ${ORIGINS_MAX} origins.`)
    const allowed = origins.map(originOf)
    const old = JSON.parse((await appRow(tx, app)).allowed_origins) as string[]
    await tx.db
      .updateTable('app')
      .set({ allowed_origins: JSON.stringify(allowed) })
      .where('app_id', '=', app)
      .execute()
    await auditRow(tx, { app, actor, action: 'app/origins', target: '', detail: { old, new: allowed } })
    tx.changed({ kind: 'app', app })
    return { old }
  },
  { keepsHeads: true, locks: appLock },
)

/** As a browser writes it in its `Origin` header. Throws for anything with a path, and for what is no address of a page. */
function originOf(text: string): string {
  const url = URL.parse(text)
  const bare = url && url.pathname === '/' && !url.search && !url.hash && !url.username
  if (!bare || !/^https?:$/.test(url.protocol))
    throw refuse('allowed-origins', `${text} is not an origin; write it as https://app.example.org.`)
  return url.origin
}
