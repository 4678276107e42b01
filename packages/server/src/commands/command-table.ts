import { accountCommands } from '../accounts/account-commands.ts'
import { conversationCommands } from '../conversations/conversation-commands.ts'
import { groupCommands } from '../groups/group-commands.ts'
import { groupMessageCommands } from '../groups/messages/group-message-commands.ts'
import { sessionCommands } from '../login/session-commands.ts'
import { messageCommands } from '../messages/message-commands.ts'
import type { Command } from './command.ts'
import { type ReadyCommand, readyCommand } from './execute.ts'

/** Every command of the server, declared once. */
export const commands: readonly Command[] = [
  ...sessionCommands,
  ...accountCommands,
  ...messageCommands,
  ...conversationCommands,
  ...groupCommands,
  ...groupMessageCommands,
]

/** The commands by path, older spellings included. */
export class CommandTable {
  readonly #byName = new Map<string, ReadyCommand>()

  constructor(list: readonly Command[] = commands) {
    for (const command of list) {
      const ready = readyCommand(command)
      for (const name of [command.name, ...(command.aliases ?? [])]) {
        if (this.#byName.has(name)) throw new Error(`Two commands answer to ${name}.`)
        this.#byName.set(name, ready)
      }
    }
  }

  find(name: string): ReadyCommand | undefined {
    return this.#byName.get(name)
  }
}
