import { EmbeddedStore } from './sqlite/embedded-store.ts'
import type { Store } from './store.ts'

/** Where the data is. */
export type StoreSource =
  | { readonly kind: 'embedded'; readonly folder: string }
  | {
      readonly kind: 'postgres'
      /** `postgres://user:password@host/database`; holds a secret. */
      readonly url: string
      /** Connections of this node. */
      readonly connections: number
    }

/** @param onDefect told what is a defect or a failing disk, not an answer. Holds no secret. */
export async function openStore(source: StoreSource, onDefect: (text: string) => void): Promise<Store> {
  if (source.kind === 'embedded') return EmbeddedStore.open({ folder: source.folder, onDefect })
  throw new Error('PostgreSQL comes with the store.')
}
