import { operatorManageCommands } from '../operators/operator-manage-commands.ts'
import { adminCommands } from './admin-commands.ts'
import { appCommands } from './app-commands.ts'
import { auditCommands } from './audit-commands.ts'
import { groupCommands } from './group-commands.ts'
import { keyCommands } from './key-commands.ts'
import type { OperatorCommand } from './operator-command.ts'
import { userCommands } from './user-commands.ts'

/** What an operator may do, over the command line and the socket of a running server alike. */
export const operatorCommands: readonly OperatorCommand[] = [
  ...appCommands,
  ...keyCommands,
  ...adminCommands,
  ...userCommands,
  ...groupCommands,
  ...auditCommands,
  ...operatorManageCommands,
]

const byName = new Map(operatorCommands.map(command => [command.name, command]))

export function operatorCommand(name: string): OperatorCommand | undefined {
  return byName.get(name)
}
