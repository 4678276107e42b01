import { isSettingKey, parseSetting, type Settings } from '@rookery/protocol/limits'
import type { Store } from '../store/store.ts'
import type { AdminGrant, App, AppKey } from './app.ts'
import { keyPurpose, type SecretBox } from './secret-box.ts'

/** An operator makes apps, at most 300 (limits.md 1), so the cache needs no other bound. */
export class AppRegistry {
  readonly #store: Store
  readonly #box: SecretBox
  readonly #defaults: Settings
  readonly #apps = new Map<number, App>()
  #invalidations = 0

  /** @param defaults what the server's configuration sets for every app. */
  constructor(store: Store, box: SecretBox, defaults: Settings) {
    this.#store = store
    this.#box = box
    this.#defaults = defaults
    store.onCommit(changes => {
      for (const change of changes)
        if (change.kind === 'app' || change.kind === 'expiry') {
          this.#invalidations++
          this.#apps.delete(change.app)
        }
    })
    store.onFenced(() => {
      this.#invalidations++
      this.#apps.clear()
    })
  }

  /** The app when it is in memory, so that who calls often need not wait a turn. */
  known(id: number): App | undefined {
    return this.#apps.get(id)
  }

  /** The app as of the latest commit; undefined when there is none of that number. */
  async get(id: number): Promise<App | undefined> {
    const known = this.#apps.get(id)
    if (known) return known
    for (;;) {
      const before = this.#invalidations
      const app = await loadApp(this.#store, this.#box, this.#defaults, id)
      // A change while the rows were read: they may belong to different moments.
      if (this.#invalidations !== before) continue
      if (app) this.#apps.set(id, app)
      return app
    }
  }
}

async function loadApp(
  store: Store,
  box: SecretBox,
  defaults: Settings,
  id: number,
): Promise<App | undefined> {
  const row = await store.read.selectFrom('app').selectAll().where('app_id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const keyRows = await store.read.selectFrom('app_key').selectAll().where('app_id', '=', id).execute()
  const adminRows = await store.read.selectFrom('app_admin').selectAll().where('app_id', '=', id).execute()
  const settings = appSettings(row.settings, defaults)
  const keys = keyRows.map(
    (key): AppKey => ({
      id: key.key_id,
      kind: key.kind,
      // A revoked key has no material any more.
      material:
        key.kind === 'hmac' && key.state !== 'revoked'
          ? box.open(key.material, keyPurpose(id, key.key_id))
          : key.material,
      state: key.state,
      switchedAt: key.switched_at,
      acceptUntil: key.accept_until,
      mayMintAdmin: key.may_mint_admin !== 0,
    }),
  )
  return {
    id,
    name: row.name,
    disabled: row.disabled !== 0,
    validAfter: row.valid_after,
    setting: key => settings[key],
    allowedOrigins: JSON.parse(row.allowed_origins) as string[],
    keys,
    ticketKeys: keys
      .filter(key => key.state !== 'revoked')
      .map(key =>
        key.kind === 'hmac'
          ? { id: key.id, kind: 'hmac', key: key.material }
          : { id: key.id, kind: 'ecdsa', publicKeyPem: key.material },
      ),
    admins: new Map(
      adminRows.map((admin): [number, AdminGrant] => [
        admin.account_id,
        {
          disabled: admin.disabled !== 0,
          scopes: JSON.parse(admin.scopes) as string[],
          addresses: JSON.parse(admin.addresses) as string[],
          maxTicketLifetime: admin.max_ticket_lifetime,
        },
      ]),
    ),
  }
}

/** The defaults with the app's own values over them; a stored value that is no longer allowed gives way to the default. */
export function appSettings(stored: string, defaults: Settings): Settings {
  const settings: Record<string, unknown> = { ...defaults }
  for (const [key, value] of Object.entries(JSON.parse(stored) as Record<string, unknown>)) {
    if (!isSettingKey(key)) continue
    const parsed = parseSetting(key, value)
    if (parsed.ok) settings[key] = parsed.value
  }
  return settings as Settings
}
