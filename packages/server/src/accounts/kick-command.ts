import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { accountErrors, actorOf, userId } from './account-fields.ts'
import { kickAndRecord } from './block-account.ts'
import { markIsPast } from './mark-is-past.ts'

/**
 * `im_open_login_svc/kick`: ends every login of an account and makes its UserSigs so far invalid (rest-1 section 3.5). A UserSig
 * that is signed after the answer works; with `NoWait` 1 it must be signed in a later second than `ValidAfter`.
 */
export const kickCommand = defineCommand({
  name: 'im_open_login_svc/kick',
  summary: 'Ends all logins of an account and makes its UserSigs so far invalid.',
  http: 'admin',
  request: Type.Object({ UserID: userId, NoWait: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })) }),
  spellings: { Identifier: 'UserID' },
  response: Type.Object({ ValidAfter: Type.Integer() }),
  errors: [...accountErrors, ErrorCode.ACCOUNT_NOT_FOUND],
  async handler({ caller, body, services }) {
    const { validAfter } = await services.store.mutate(kickAndRecord, {
      app: caller.app.id,
      userId: body.UserID,
      actor: actorOf(caller),
    })
    if (body.NoWait !== 1) await markIsPast(validAfter)
    return { ValidAfter: validAfter }
  },
})
