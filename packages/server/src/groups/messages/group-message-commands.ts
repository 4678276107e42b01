import type { Command } from '../../commands/command.ts'
import {
  clearCommand,
  deleteBySenderCommand,
  deleteMessagesCommand,
  modifyCommand,
  pinMessageCommand,
  recallCommand,
} from './change-commands.ts'
import { getMessagesCommand, getSimpleCommand, pinnedCommand, setReadCommand } from './history-commands.ts'
import { sendGroupMsgCommand } from './send-group-msg-command.ts'

/** Messages of groups: sending, history, and what changes them later. */
export const groupMessageCommands: readonly Command[] = [
  sendGroupMsgCommand,
  recallCommand,
  deleteBySenderCommand,
  getSimpleCommand,
  clearCommand,
  modifyCommand,
  getMessagesCommand,
  setReadCommand,
  deleteMessagesCommand,
  pinMessageCommand,
  pinnedCommand,
]
