import type { Command } from '../commands/command.ts'
import { attributeCommands } from './attributes/attribute-commands.ts'
import { createGroupCommands } from './commands/create-group-commands.ts'
import { memberCommands } from './commands/member-commands.ts'
import { muteCommands } from './commands/mute-commands.ts'
import { ownCommands } from './commands/own-commands.ts'
import { profileCommands } from './commands/profile-commands.ts'
import { counterCommands } from './counters/counter-commands.ts'
import { permissionCommands } from './permissions/permission-commands.ts'
import { roomCommands } from './rooms/room-commands.ts'
import { topicCommands } from './topics/topic-commands.ts'

/** Groups, their members and rights. */
export const groupCommands: readonly Command[] = [
  ...createGroupCommands,
  ...profileCommands,
  ...memberCommands,
  ...muteCommands,
  ...ownCommands,
  ...roomCommands,
  ...attributeCommands,
  ...counterCommands,
  ...topicCommands,
  ...permissionCommands,
]
