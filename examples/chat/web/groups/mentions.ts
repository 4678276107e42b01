import TencentCloudChat, { type GroupMember, type Message } from '@rookery/chat'
import type { MenuItem } from '../menu.ts'
import { memberName } from './member-actions.ts'

const { TYPES } = TencentCloudChat
const EVERYBODY = '@all'

/** Whom a text mentions by `@` and a name: what `payload.atUserList` of `createTextAtMessage` wants. */
export function mentionedIn(text: string, members: readonly GroupMember[]): readonly string[] {
  const named = members.filter(it => hasWord(text, `@${memberName(it)}`)).map(it => it.userID)
  return hasWord(text, EVERYBODY) ? [`${TYPES.MSG_AT_ALL}`, ...named] : named
}

const hasWord = (text: string, word: string) => words(text).includes(words(word))
const words = (text: string) => ` ${text.replace(/[\s,.:;!?]/g, ' ')} `

export function mentionMenu(
  members: readonly GroupMember[],
  me: string,
  insert: (text: string) => void,
): readonly MenuItem[] {
  const others = members.filter(it => it.userID !== me).map(it => `@${memberName(it)}`)
  return [EVERYBODY, ...others].map(label => ({ label, run: () => insert(`${label} `) }))
}

export const mentions = ({ atUserList, flow }: Message, me: string) =>
  flow === 'in' && (atUserList.includes(me) || atUserList.includes(TYPES.MSG_AT_ALL))
