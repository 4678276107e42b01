import type { Settings } from '@rookery/protocol/limits'
import { appointAdmin } from '../apps/change-admins.ts'
import { type CreatedApp, createApp } from '../apps/create-app.ts'
import { claimFirstApp } from '../apps/first-app-claim.ts'
import type { SecretBox } from '../apps/secret-box.ts'
import type { Store } from '../store/store.ts'

/** The admin that a new app starts with, as the vendor's console presets it (console.md 2). */
export const PRESET_ADMIN = 'administrator'

/** Who the audit log names for what the server does by itself at its first start. */
const ACTOR = 'first-start'

export interface Making {
  readonly store: Store
  readonly box: SecretBox
  readonly settings: Settings
}

/** Makes an app with a key and the preset admin. */
export async function makeFirstApp(making: Making, name: string): Promise<CreatedApp> {
  const { store, box, settings } = making
  const created = await createApp(store, box, { name, actor: ACTOR, settings })
  await store.mutate(appointAdmin, {
    app: created.appId,
    userId: PRESET_ADMIN,
    actor: ACTOR,
    adminsMax: settings['admin.max'],
    quota: settings['account.max'],
    userIdBytes: settings['account.userIdBytes'],
  })
  return created
}

/** On a database without an app: makes one, and returns what to tell the newcomer. The key is shown this once. */
export async function firstStart(making: Making): Promise<readonly string[] | undefined> {
  const app = await making.store.read.selectFrom('app').select('app_id').limit(1).executeTakeFirst()
  if (app || !(await making.store.mutate(claimFirstApp, null))) return undefined
  const { appId, secret } = await makeFirstApp(making, 'My app')
  return [
    'An app was made for you:',
    `  SDKAppID    ${appId}`,
    `  secret key  ${secret}`,
    `  app admin   ${PRESET_ADMIN}`,
    'The key is shown this once; keep it on your app server. Next:',
    `  npx rookery usersig sign --sdkappid ${appId} --user ${PRESET_ADMIN}   (asks for the key; gives a UserSig for the REST API)`,
    '  npx rookery help                (apps, keys, admins, accounts)',
  ]
}
