import type { Command } from '../commands/command.ts'
import { accountCheckCommand } from './account-check-command.ts'
import { accountDeleteCommand } from './account-delete-command.ts'
import { accountImportCommand } from './account-import-command.ts'
import { kickCommand } from './kick-command.ts'
import { multiaccountImportCommand } from './multiaccount-import-command.ts'
import { queryOnlineStatusCommand, queryStateCommand } from './online-status-command.ts'

/** The commands about accounts (rest-1 section 3). */
export const accountCommands: readonly Command[] = [
  accountImportCommand,
  multiaccountImportCommand,
  accountDeleteCommand,
  accountCheckCommand,
  kickCommand,
  queryOnlineStatusCommand,
  queryStateCommand,
]
