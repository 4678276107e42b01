import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { App } from '../apps/app.ts'
import { CommandError } from '../commands/command-error.ts'
import type { OperatorContext } from './operator-command.ts'

export const appId = Type.Integer({
  minimum: 1,
  maximum: 4_294_967_295,
  position: 1,
  word: 'SDKAPPID',
  description: 'Number of the app.',
})

export const userId = Type.String({
  minLength: 1,
  position: 2,
  word: 'USERID',
  description: 'Name of the account.',
})

export const groupId = Type.String({
  minLength: 1,
  position: 2,
  word: 'GROUPID',
  description: 'Id of the group.',
})

/** The app of a command. Throws 70020 when there is none. */
export async function knownApp(context: OperatorContext, id: number): Promise<App> {
  const app = await context.apps.get(id)
  if (!app)
    throw new CommandError(
      ErrorCode.SDKAPPID_UNKNOWN,
      `There is no app with SDKAppID ${id}; "rookery app list" shows those that exist.`,
      { check: 'app-known' },
    )
  return app
}
