import type { Action } from './action.ts'
import { deleteMessage } from './delete-message.ts'
import { edit } from './edit.ts'
import { kick } from './kick.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { look } from './look.ts'
import { pin } from './pin.ts'
import { read } from './read.ts'
import { recall } from './recall.ts'
import { send } from './send.ts'
import { sendAgain } from './send-again.ts'

export const ACTIONS: readonly Action[] = [
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
