import { randomBytes, randomInt } from 'node:crypto'
import type { Settings } from '@rookery/protocol/limits'
import { auditRow } from '../audit/audit-row.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { Store } from '../store/store.ts'
import { appNameFault } from './app-name.ts'
import { newKeyId } from './key-material.ts'
import { refuse } from './refuse.ts'
import { keyPurpose, type SecretBox } from './secret-box.ts'

/** Ten digits, as the vendor's numbers have. */
const RANDOM_APP_ID = { min: 1_400_000_001, max: 1_999_999_999 } as const
/** The highest number that a ticket may name. */
const APP_ID_MAX = 4_294_967_295
/** With at most some thousand apps in 600 million numbers, even two draws in a row that are taken would be strange. */
const DRAWS = 20
const SECRET_BYTES = 32

export interface NewApp {
  readonly name: string
  /** Undefined: a free one is drawn. */
  readonly appId?: number
  readonly actor: string
  readonly settings: Settings
}

export interface CreatedApp {
  readonly appId: number
  readonly keyId: string
  /** The text of the first key; the only time that it is shown. */
  readonly secret: string
}

/** Makes an app with its first key. Throws when the name, the number or the count of apps is not allowed. */
export async function createApp(store: Store, box: SecretBox, app: NewApp): Promise<CreatedApp> {
  const fault = appNameFault(app.name)
  if (fault) throw refuse('app-name', fault)
  if (app.appId !== undefined && !(Number.isInteger(app.appId) && app.appId > 0 && app.appId <= APP_ID_MAX))
    throw refuse('app-id', `An SDKAppID is a whole number from 1 to ${APP_ID_MAX}.`)
  const keyId = newKeyId()
  const secret = newSecret()
  for (let draw = 0; draw < DRAWS; draw++) {
    const appId = app.appId ?? randomInt(RANDOM_APP_ID.min, RANDOM_APP_ID.max + 1)
    const { created } = await store.mutate(insertApp, {
      app: appId,
      name: app.name,
      actor: app.actor,
      appsMax: app.settings['console.appsMax'],
      key: { id: keyId, material: box.seal(secret, keyPurpose(appId, keyId)) },
    })
    if (created) return { appId, keyId, secret }
    if (app.appId !== undefined)
      throw refuse(
        'app-id',
        `The SDKAppID ${appId} is taken, or data of a deleted app is left under it (then run "rookery app delete ${appId}" again).`,
      )
  }
  throw refuse('app-id', 'No free SDKAppID was found; choose one.')
}

/** The text of an HMAC key: 64 lower-case hexadecimal characters, 256 bits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex')
}

interface InsertApp {
  readonly app: number
  readonly name: string
  readonly actor: string
  readonly appsMax: number
  readonly key: { readonly id: string; readonly material: string }
}

const insertApp = defineMutation<InsertApp, { created: boolean }>(
  'apps/create',
  async (tx, { app, name, actor, appsMax, key }) => {
    if (await isTaken(tx, app)) return { created: false }
    const { n } = await tx.db
      .selectFrom('app')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    if (n >= appsMax)
      throw refuse('apps-max', `This server has its ${appsMax} apps; delete one or raise console.appsMax.`)
    await tx.db
      .insertInto('app')
      .values({
        app_id: app,
        name,
        disabled: 0,
        valid_after: 0,
        settings: '{}',
        allowed_origins: '[]',
        created: tx.now,
      })
      .execute()
    await tx.db
      .insertInto('app_key')
      .values({
        app_id: app,
        key_id: key.id,
        kind: 'hmac',
        state: 'current',
        material: key.material,
        created: tx.now,
        switched_at: null,
        accept_until: null,
        latest_ticket_end: 0,
        last_used: null,
        may_mint_admin: 1,
      })
      .execute()
    await auditRow(tx, { app, actor, action: 'app/create', target: '', detail: { name, key: key.id } })
    tx.changed({ kind: 'app', app })
    return { created: true }
  },
  { keepsHeads: true },
)

/** Rows that a deletion left unfinished count too: a new app must not inherit them. */
async function isTaken(tx: Transaction, app: number): Promise<boolean> {
  for (const table of ['app', 'account', 'conversation', 'retired_name'] as const) {
    const row = await tx.db
      .selectFrom(table)
      .select('app_id')
      .where('app_id', '=', app)
      .limit(1)
      .executeTakeFirst()
    if (row) return true
  }
  return false
}
