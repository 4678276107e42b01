import Type, { type Static, type TObject } from 'typebox'
import { userIdFault } from '../accounts/user-id-rules.ts'
import { refuse } from '../apps/refuse.ts'
import { appId, knownApp, userId } from '../cli/argument-fields.ts'
import { defineOperatorCommand, type OperatorCommand, type OperatorContext } from '../cli/operator-command.ts'
import { operatorCommands } from '../cli/operator-commands.ts'
import { VERSION } from '../cli/version.ts'
import { families } from '../commands/families.ts'
import { searchAccounts } from './search-accounts.ts'
import { SETTINGS_IN_FORCE } from './settings-in-force.ts'
import { inspectTicket, signTicket } from './ticket-tools.ts'

/** 50 years, the longest that is documented (limits.md 1). */
const EXPIRE_MAX = 50 * 366 * 86_400
/** 180 days (limits.md 1). */
const EXPIRE_DEFAULT = 15_552_000
const PAGE_DEFAULT = 25
const PAGE_MAX = 100

/** Nobody prints these. */
function defineConsoleCommand<S extends TObject, R>(
  name: string,
  summary: string,
  args: S,
  run: (context: OperatorContext, args: Static<S>) => Promise<R>,
): OperatorCommand {
  return defineOperatorCommand({ name, summary, args, run, show: () => '' })
}

/** What the console has beside the commands of the command line. */
export const consoleCommands: readonly OperatorCommand[] = [
  defineConsoleCommand(
    'user search',
    'Accounts by the beginning of their UserID, with their online state.',
    Type.Object({
      appId,
      text: Type.Optional(Type.String({ maxLength: 4000 })),
      only: Type.Optional(Type.Enum(['admins', 'blocked'])),
      after: Type.Optional(Type.String({ maxLength: 256 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX })),
    }),
    async (context, { appId, text = '', only, after, limit = PAGE_DEFAULT }) =>
      searchAccounts(context.store, await knownApp(context, appId), {
        text,
        limit,
        ...(only && { only }),
        ...(after !== undefined && { after }),
      }),
  ),
  defineConsoleCommand(
    'usersig sign',
    "Signs a UserSig with the app's current key.",
    Type.Object({
      appId,
      userId,
      expire: Type.Optional(Type.Integer({ minimum: 1, maximum: EXPIRE_MAX })),
    }),
    async (context, { appId, userId, expire = EXPIRE_DEFAULT }) => {
      const app = await knownApp(context, appId)
      const fault = userIdFault(userId, app.setting('account.userIdBytes'))
      if (fault) throw refuse('user-id', `The UserID ${fault}.`)
      return signTicket(context, app, { userId, expire })
    },
  ),
  defineConsoleCommand(
    'usersig inspect',
    'Runs every check of a login on a UserSig.',
    Type.Object({
      appId,
      userSig: Type.String({ maxLength: 16_384 }),
      userId: Type.Optional(Type.String({ maxLength: 256 })),
    }),
    async (context, { appId, userSig, userId }) =>
      inspectTicket(context, await knownApp(context, appId), { userSig, ...(userId && { userId }) }),
  ),
  defineConsoleCommand(
    'server info',
    'Version and health of the server, the command families of app admins, and the settings in force.',
    Type.Object({}),
    async ({ store }) => ({
      version: VERSION,
      storageError: store.storageError ?? null,
      families: Object.keys(families),
      settings: SETTINGS_IN_FORCE,
      time: Math.floor(Date.now() / 1000),
    }),
  ),
]

const byName = new Map([...operatorCommands, ...consoleCommands].map(command => [command.name, command]))

export function consoleCommand(name: string): OperatorCommand | undefined {
  return byName.get(name)
}

export const consoleCommandNames: readonly string[] = [...byName.keys()]
