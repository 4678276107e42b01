import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { ACCOUNTS_A_CALL, accountErrors, userId } from './account-fields.ts'

/** `im_open_login_svc/account_check`: which accounts exist; a missing one is no error (rest-1 section 3.4). */
export const accountCheckCommand = defineCommand({
  name: 'im_open_login_svc/account_check',
  summary: 'Tells which of up to 100 UserIDs have an account.',
  http: 'admin',
  request: Type.Object({
    CheckItem: Type.Array(Type.Object({ UserID: userId }), { minItems: 1, maxItems: ACCOUNTS_A_CALL }),
  }),
  response: Type.Object({
    ResultItem: Type.Array(
      Type.Object({
        UserID: Type.String(),
        ResultCode: Type.Integer(),
        ResultInfo: Type.String(),
        AccountStatus: Type.Enum(['Imported', 'NotImported']),
      }),
    ),
  }),
  errors: accountErrors,
  restRate: 'rate.rest.accountBatch',
  async handler({ caller, body, services }) {
    const names = body.CheckItem.map(item => item.UserID)
    const found = await services.accounts.findAll(caller.app.id, names)
    return {
      ResultItem: names.map(name => ({
        UserID: name,
        ResultCode: 0,
        ResultInfo: '',
        AccountStatus: found.has(name) ? 'Imported' : 'NotImported',
      })),
    }
  },
})
