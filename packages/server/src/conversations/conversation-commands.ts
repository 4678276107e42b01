import type { Command } from '../commands/command.ts'
import {
  createContactGroupCommand,
  deleteContactGroupCommand,
  updateContactGroupCommand,
} from './contact-group-commands.ts'
import { getContactGroupCommand, searchContactGroupCommand } from './contact-reads-commands.ts'
import { deleteCommand } from './delete-command.ts'
import { getBriefCommand } from './get-brief-command.ts'
import { getListCommand } from './get-list-command.ts'
import { markContactCommand } from './mark-contact-command.ts'
import { pinCommand } from './pin-command.ts'
import { adminSetMsgReadCommand, setMsgReadCommand } from './set-msg-read-command.ts'
import { setRecvOptCommand } from './set-recv-opt-command.ts'
import { syncResumeCommand } from './sync-resume-command.ts'
import { syncSnapshotCommand } from './sync-snapshot-command.ts'
import { getC2cUnreadCommand } from './unread-command.ts'

/** Every command on conversations, with what they show of their other side. */
export const conversationCommands: readonly Command[] = [
  adminSetMsgReadCommand,
  setMsgReadCommand,
  getC2cUnreadCommand,
  getListCommand,
  deleteCommand,
  markContactCommand,
  createContactGroupCommand,
  updateContactGroupCommand,
  deleteContactGroupCommand,
  getContactGroupCommand,
  searchContactGroupCommand,
  pinCommand,
  setRecvOptCommand,
  syncSnapshotCommand,
  syncResumeCommand,
  getBriefCommand,
]
