import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import {
  ACCOUNTS_A_CALL,
  accountErrors,
  actorOf,
  importItem,
  overQuota,
  profileFields,
  userId,
} from './account-fields.ts'
import { type ImportItem, importAccounts } from './import-accounts.ts'

const anyUserId = Type.String({ code: ErrorCode.INVALID_ID_FORMAT })

/** `im_open_login_svc/multiaccount_import`: up to 100 accounts, in the old or the new form (rest-1 section 3.2). */
export const multiaccountImportCommand = defineCommand({
  name: 'im_open_login_svc/multiaccount_import',
  summary: 'Makes up to 100 accounts; those that exist take the new nickname and avatar.',
  http: 'admin',
  request: Type.Object({
    Accounts: Type.Optional(Type.Array(anyUserId, { maxItems: ACCOUNTS_A_CALL })),
    AccountList: Type.Optional(
      Type.Array(Type.Object({ UserID: userId, ...profileFields }), { maxItems: ACCOUNTS_A_CALL }),
    ),
  }),
  response: Type.Object({ FailAccounts: Type.Array(Type.String()) }),
  errors: [...accountErrors, ErrorCode.PROFILE_VALUE_TOO_LONG, ErrorCode.ACCOUNT_QUOTA_EXCEEDED],
  restRate: 'rate.rest.accountBatch',
  async handler({ caller, body, services }) {
    const given = [...(body.AccountList ?? []), ...(body.Accounts ?? []).map(UserID => ({ UserID }))]
    if (given.length === 0 || given.length > ACCOUNTS_A_CALL)
      throw new CommandError(
        ErrorCode.ACCOUNT_PARAMETER_INVALID,
        `AccountList (or the older Accounts) must name 1 to ${ACCOUNTS_A_CALL} accounts, this names ${given.length}.`,
        { check: 'request', field: 'AccountList' },
      )
    const items: ImportItem[] = []
    const refused: CommandError[] = []
    const failed = new Set<string>()
    for (const account of given) {
      try {
        items.push(importItem(caller, account))
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        refused.push(error)
        failed.add(account.UserID)
      }
    }
    const quota = caller.app.setting('account.max')
    const imported =
      items.length > 0
        ? await services.store.mutate(importAccounts, {
            app: caller.app.id,
            actor: actorOf(caller),
            quota,
            items,
          })
        : { overQuota: [] }
    for (const name of imported.overQuota) failed.add(name)
    const nothingDone = imported.overQuota.length === items.length
    // A caller that looks at ErrorCode only must not take this for a success.
    if (nothingDone) throw refused[0] ?? overQuota(quota)
    return { FailAccounts: [...failed] }
  },
})
