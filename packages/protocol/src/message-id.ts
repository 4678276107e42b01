import { tinyIdOf } from './tiny-id.ts'

/** `MsgId`, the SDK's message ID: `<sender's tinyID>-<client time>-<random>` (rest-1 section 4.1). */
export function messageIdOf(senderId: number, clientTime: number, random: number): string {
  return `${tinyIdOf(senderId)}-${clientTime}-${random}`
}
