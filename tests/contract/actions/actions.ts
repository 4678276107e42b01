import type { RunOptions } from '../options.ts'
import type { Action } from './action.ts'
import { deleteMessage } from './delete-message.ts'
import { edit } from './edit.ts'
import { addMember } from './group-add.ts'
import { addOverRest } from './group-add-rest.ts'
import { ban } from './group-ban.ts'
import { dismiss } from './group-dismiss.ts'
import { handle } from './group-handle.ts'
import { join } from './group-join.ts'
import { mute } from './group-mute.ts'
import { muteAll } from './group-mute-all.ts'
import { promote } from './group-promote.ts'
import { quit } from './group-quit.ts'
import { readGroup } from './group-read.ts'
import { removeMember } from './group-remove.ts'
import { rename } from './group-rename.ts'
import { sendToGroup } from './group-send.ts'
import { transfer } from './group-transfer.ts'
import { unban } from './group-unban.ts'
import { kick } from './kick.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { look } from './look.ts'
import { pin } from './pin.ts'
import { read } from './read.ts'
import { recall } from './recall.ts'
import { banFromRoom, enterRoom, leaveRoom, sendToRoom } from './room.ts'
import { send } from './send.ts'
import { sendAgain } from './send-again.ts'

const ACTIONS: readonly Action[] = [
  send,
  sendAgain,
  edit,
  recall,
  read,
  deleteMessage,
  pin,
  login,
  logout,
  kick,
  look,
]

const GROUP_ACTIONS: readonly Action[] = [
  sendToGroup,
  readGroup,
  join,
  quit,
  addMember,
  removeMember,
  mute,
  promote,
  rename,
  dismiss,
  muteAll,
  transfer,
  ban,
  unban,
  addOverRest,
  handle,
  enterRoom,
  leaveRoom,
  sendToRoom,
  banFromRoom,
]

/** Without groups those of before, so that old seeds keep their plans. */
export function actionsOf({ groups }: Pick<RunOptions, 'groups'>): readonly Action[] {
  return groups === 0 ? ACTIONS : [...ACTIONS, ...GROUP_ACTIONS]
}
