import type { Store } from '../store/store.ts'

/** A key as operators see it: never its secret. */
export interface ListedKey {
  readonly keyId: string
  readonly kind: 'hmac' | 'ecdsa'
  readonly state: 'current' | 'accepted' | 'revoked'
  /** Unix seconds. */
  readonly created: number
  readonly acceptUntil: number | null
  readonly lastUsed: number | null
  readonly mayMintAdmin: boolean
  /** Sessions that were opened under it and have not ended; what a revocation would end. */
  readonly sessions: number
  /** Those of them with a connection now. */
  readonly connected: number
}

const ORDER = { current: 0, accepted: 1, revoked: 2 } as const

export async function listKeys(store: Store, app: number): Promise<ListedKey[]> {
  const keys = await store.read.selectFrom('app_key').selectAll().where('app_id', '=', app).execute()
  const counts = await store.read
    .selectFrom('session')
    .select(eb => [
      'key_id',
      eb.fn.countAll<number>().as('sessions'),
      eb.fn
        .sum<number>(
          eb
            .case()
            .when('node_id', 'in', [...store.liveNodes])
            .then(eb.ref('connected'))
            .else(0)
            .end(),
        )
        .as('connected'),
    ])
    .where('app_id', '=', app)
    .where('ended', '=', '')
    .where('expires', '>=', Math.floor(Date.now() / 1000))
    .groupBy('key_id')
    .execute()
  const byKey = new Map(counts.map(count => [count.key_id, count]))
  return keys
    .map(key => ({
      keyId: key.key_id,
      kind: key.kind,
      state: key.state,
      created: key.created,
      acceptUntil: key.accept_until,
      lastUsed: key.last_used,
      mayMintAdmin: key.may_mint_admin !== 0,
      sessions: Number(byKey.get(key.key_id)?.sessions ?? 0),
      connected: Number(byKey.get(key.key_id)?.connected ?? 0),
    }))
    .sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.created - a.created)
}
