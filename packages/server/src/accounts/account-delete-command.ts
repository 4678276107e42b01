import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Caller } from '../commands/caller.ts'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'
import { forgetDeparted } from '../groups/members/forget-account.ts'
import { ACCOUNTS_A_CALL, accountErrors, actorOf, userId } from './account-fields.ts'
import { deleteAccount } from './delete-account.ts'
import { markIsPast } from './mark-is-past.ts'

/** Fixed text of the interface for an account that does not exist (rest-1 section 3.3). */
const NOT_FOUND_INFO = 'Err_TLS_PT_Open_Login_Account_Not_Exist'

const resultItem = Type.Object({
  UserID: Type.String(),
  ResultCode: Type.Integer(),
  ResultInfo: Type.String(),
})

/** `im_open_login_svc/account_delete`: up to 100 accounts, each with its own result (rest-1 section 3.3). */
export const accountDeleteCommand = defineCommand({
  name: 'im_open_login_svc/account_delete',
  summary: 'Deletes accounts with their profiles and own state; messages stay in the history of the others.',
  http: 'admin',
  request: Type.Object({
    DeleteItem: Type.Array(Type.Object({ UserID: userId }), { minItems: 1, maxItems: ACCOUNTS_A_CALL }),
    NoWait: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
  }),
  response: Type.Object({ ResultItem: Type.Array(resultItem) }),
  errors: [...accountErrors, ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.ACCOUNT_DELETE_FORBIDDEN],
  restRate: 'rate.rest.accountBatch',
  async handler({ caller, body, services }) {
    if (!caller.app.setting('account.deleteAllowed'))
      throw new CommandError(
        ErrorCode.ACCOUNT_DELETE_FORBIDDEN,
        'App admins may not delete accounts of this app; its operator can switch account.deleteAllowed on.',
        { check: 'account.deleteAllowed' },
      )
    const results = await Promise.all(body.DeleteItem.map(item => deleteOne(services, caller, item.UserID)))
    if (body.NoWait !== 1) await markIsPast(Math.max(0, ...results.map(result => result.validAfter)))
    return { ResultItem: results.map(({ item }) => item) }
  },
})

async function deleteOne(services: Services, caller: Caller, name: string) {
  try {
    const { validAfter } = await services.store.mutate(deleteAccount, {
      app: caller.app.id,
      userId: name,
      actor: actorOf(caller),
    })
    await forgetDeparted(services.store, services.apps)
    return { validAfter, item: { ResultCode: 0, ResultInfo: '', UserID: name } }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const info = error.code === ErrorCode.ACCOUNT_NOT_FOUND ? NOT_FOUND_INFO : error.message
    return { validAfter: 0, item: { ResultCode: error.code, ResultInfo: info, UserID: name } }
  }
}
