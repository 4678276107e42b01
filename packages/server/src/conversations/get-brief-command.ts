import { ErrorCode } from '@rookery/protocol/error-code'
import { tinyIdOf } from '@rookery/protocol/tiny-id'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'

/** docs/wire-protocol.md */
const ACCOUNTS_MAX = 100

const request = Type.Object({
  To_Account: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    maxItems: ACCOUNTS_MAX,
    code: ErrorCode.PROFILE_PARAMETER_INVALID,
  }),
})

/** `profile/get_brief`: what a conversation list shows of a user (docs/wire-protocol.md). */
export const getBriefCommand = defineCommand({
  name: 'profile/get_brief',
  summary: 'Tells nick and face of users; unknown ones are left out.',
  http: 'none',
  request,
  socket: { request },
  response: Type.Object({
    Items: Type.Array(
      Type.Object({
        To_Account: Type.String(),
        TinyID: Type.String(),
        Nick: Type.String(),
        FaceUrl: Type.String(),
      }),
    ),
  }),
  errors: [ErrorCode.PROFILE_PARAMETER_INVALID],
  async handler({ body, caller, services }) {
    const found = await services.accounts.findAll(caller.app.id, body.To_Account)
    return {
      Items: [...found.values()].map(account => ({
        To_Account: account.userId,
        TinyID: tinyIdOf(account.id),
        Nick: account.nick,
        FaceUrl: account.faceUrl,
      })),
    }
  },
})
