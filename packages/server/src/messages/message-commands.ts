import type { Command } from '../commands/command.ts'
import { adminGetroammsgCommand } from './admin-getroammsg-command.ts'
import { batchsendmsgCommand } from './batchsendmsg-command.ts'
import { c2cMsgReadReceiptCommand } from './c2c-msg-read-receipt-command.ts'
import { deleteC2cMsgRambleCommand } from './delete-c2c-msg-ramble-command.ts'
import { getKeyValuesCommand, setKeyValuesCommand } from './extension-commands.ts'
import { getRoamMsgCommand } from './get-roam-msg-command.ts'
import { importmsgCommand } from './importmsg-command.ts'
import { modifyC2cMsgCommand } from './modify-c2c-msg-command.ts'
import { sendmsgCommand } from './sendmsg-command.ts'
import { syncPullCommand } from './sync-pull-command.ts'
import { adminMsgwithdrawCommand, msgWithdrawCommand } from './withdraw-commands.ts'

/** One-to-one messages: sending, history, and what changes them later. */
export const messageCommands: readonly Command[] = [
  sendmsgCommand,
  batchsendmsgCommand,
  importmsgCommand,
  adminGetroammsgCommand,
  getRoamMsgCommand,
  adminMsgwithdrawCommand,
  msgWithdrawCommand,
  modifyC2cMsgCommand,
  deleteC2cMsgRambleCommand,
  c2cMsgReadReceiptCommand,
  setKeyValuesCommand,
  getKeyValuesCommand,
  syncPullCommand,
]
