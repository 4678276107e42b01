import type { Command } from '../../commands/command.ts'
import { importCommand, notifyCommand, setUnreadCommand } from './admin-commands.ts'
import {
  clearCommand,
  deleteBySenderCommand,
  deleteMessagesCommand,
  modifyCommand,
  pinMessageCommand,
  recallCommand,
} from './change-commands.ts'
import { groupGetKeyValuesCommand, groupSetKeyValuesCommand } from './extension-commands.ts'
import { getMessagesCommand, getSimpleCommand, pinnedCommand, setReadCommand } from './history-commands.ts'
import { getReceiptCommand, receiptDetailCommand, reportReceiptCommand } from './receipt-commands.ts'
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
  notifyCommand,
  reportReceiptCommand,
  getReceiptCommand,
  receiptDetailCommand,
  setUnreadCommand,
  importCommand,
  groupSetKeyValuesCommand,
  groupGetKeyValuesCommand,
]
