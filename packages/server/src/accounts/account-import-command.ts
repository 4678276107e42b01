import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { accountErrors, actorOf, importItem, overQuota, profileFields, userId } from './account-fields.ts'
import { importAccounts } from './import-accounts.ts'

/** `im_open_login_svc/account_import`: one account, made or brought up to date (rest-1 section 3.1). */
export const accountImportCommand = defineCommand({
  name: 'im_open_login_svc/account_import',
  summary: 'Makes an account without a login; one that exists takes the new nickname and avatar.',
  http: 'admin',
  request: Type.Object({ UserID: userId, ...profileFields }),
  spellings: { Identifier: 'UserID' },
  response: Type.Object({}),
  errors: [...accountErrors, ErrorCode.PROFILE_VALUE_TOO_LONG, ErrorCode.ACCOUNT_QUOTA_EXCEEDED],
  async handler({ caller, body, services }) {
    const quota = caller.app.setting('account.max')
    const imported = await services.store.mutate(importAccounts, {
      app: caller.app.id,
      actor: actorOf(caller),
      quota,
      items: [importItem(caller, body)],
    })
    if (imported.overQuota.length > 0) throw overQuota(quota)
    return {}
  },
})
