import { CONNECTION_LIMITS } from './postgres/connection.ts'
import { PostgresStore } from './postgres/postgres-store.ts'
import { EmbeddedStore } from './sqlite/embedded-store.ts'
import type { Store } from './store.ts'
import { refuseUnfinishedImport } from './transfer/unfinished-import.ts'

/** Where the data is. */
export type StoreSource =
  | { readonly kind: 'embedded'; readonly folder: string }
  | {
      readonly kind: 'postgres'
      /** `postgres://user:password@host/database`; holds a secret. */
      readonly url: string
      /** Connections of this node, at least 6. */
      readonly connections: number
      /** Milliseconds without the commits of the other nodes after which this one serves nobody; 1000. */
      readonly behindMs?: number
    }

/**
 * Rejects for a database into which an import was not finished.
 * @param onDefect told what is a defect or a failing disk, not an answer. Holds no secret.
 * @param onNotice told what else the operator may want to know
 */
export async function openStore(
  source: StoreSource,
  onDefect: (text: string) => void,
  onNotice: (text: string) => void = () => undefined,
): Promise<Store> {
  const store = await openEngine(source, onDefect, onNotice)
  try {
    await refuseUnfinishedImport(store.read)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openEngine(
  source: StoreSource,
  onDefect: (text: string) => void,
  onNotice: (text: string) => void,
): Promise<Store> {
  if (source.kind === 'embedded') return EmbeddedStore.open({ folder: source.folder, onDefect })
  // Messages take two connections, the lanes' leases and the log one each.
  const others = source.connections - 4
  const mutationConnections = Math.max(1, Math.floor(others / 2))
  return PostgresStore.open({
    url: source.url,
    mutationConnections,
    readConnections: Math.max(1, others - mutationConnections),
    ...(source.behindMs !== undefined && { limits: { ...CONNECTION_LIMITS, behindMs: source.behindMs } }),
    onDefect,
    onNotice,
  })
}
