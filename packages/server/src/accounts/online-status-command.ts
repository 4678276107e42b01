import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Command } from '../commands/command.ts'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Platform } from '../login/multi-device.ts'
import { accountState, platformStates } from './online-status.ts'

/** Accounts in one call (limits.md 4.3). */
const ACCOUNTS_MAX = 500

/** The interface's word for a platform, where it is not ours (rest-1 section 3.6). */
const SHOWN_PLATFORM: Partial<Readonly<Record<Platform, string>>> = { Windows: 'PC' }

/** `openim/query_online_status` (rest-1 section 3.6). */
export const queryOnlineStatusCommand = onlineStatusCommand('openim/query_online_status', false)

/** The older command, whose answer calls the state `State` (login-usersig 4.4). */
export const queryStateCommand = onlineStatusCommand('openim/querystate', true)

function onlineStatusCommand(name: `openim/${string}`, older: boolean): Command {
  return defineCommand({
    name,
    summary: `Tells whether accounts are Online, PushOnline or Offline${older ? ' (older form)' : ''}.`,
    http: 'admin',
    request: Type.Object({
      To_Account: Type.Array(Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID }), {
        minItems: 1,
        code: ErrorCode.MSG_JSON_PARSE_FAILED,
      }),
      IsNeedDetail: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
    }),
    response: Type.Object({
      QueryResult: Type.Array(
        Type.Object({
          To_Account: Type.String(),
          Status: Type.Enum(['Online', 'PushOnline', 'Offline']),
          ...(older && { State: Type.String() }),
          Detail: Type.Optional(Type.Array(Type.Object({ Platform: Type.String(), Status: Type.String() }))),
        }),
      ),
      ErrorList: Type.Optional(
        Type.Array(Type.Object({ To_Account: Type.String(), ErrorCode: Type.Integer() })),
      ),
    }),
    errors: [
      ErrorCode.ACCOUNT_NOT_FOUND,
      ErrorCode.MSG_JSON_PARSE_FAILED,
      ErrorCode.MSG_TO_ACCOUNT_INVALID,
      ErrorCode.MSG_RECEIVER_COUNT_LIMIT,
    ],
    async handler({ caller, body, services }) {
      const names = body.To_Account
      if (names.length > ACCOUNTS_MAX)
        throw new CommandError(
          ErrorCode.MSG_RECEIVER_COUNT_LIMIT,
          `To_Account names ${names.length} accounts; split the call into parts of at most ${ACCOUNTS_MAX}.`,
          { check: 'request', field: 'To_Account', max: ACCOUNTS_MAX },
        )
      const { app } = caller
      const accounts = await services.accounts.findAll(app.id, names)
      const states = await platformStates(
        services.store,
        app.id,
        [...accounts.values()],
        app.setting('status.pushOnlineDays'),
      )
      const errors = names
        .filter(name => !accounts.has(name))
        .map(name => ({ To_Account: name, ErrorCode: ErrorCode.ACCOUNT_NOT_FOUND }))
      const results = names.flatMap(name => {
        const account = accounts.get(name)
        if (!account) return []
        const platforms = states.get(account.id) ?? []
        const state = accountState(platforms)
        return [
          {
            To_Account: name,
            Status: state,
            ...(older && { State: state }),
            ...(body.IsNeedDetail === 1 &&
              platforms.length > 0 && {
                Detail: platforms.map(({ platform, state: Status }) => ({
                  Platform: SHOWN_PLATFORM[platform] ?? platform,
                  Status,
                })),
              }),
          },
        ]
      })
      const failed = results.length === 0 && {
        ActionStatus: 'FAIL',
        ErrorCode: ErrorCode.ACCOUNT_NOT_FOUND,
        ErrorInfo: 'None of the accounts exists; import them first or check the spelling.',
      }
      return { ...failed, QueryResult: results, ...(errors.length > 0 && { ErrorList: errors }) }
    },
  })
}
