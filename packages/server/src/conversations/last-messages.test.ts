import { expect, test } from 'bun:test'
import type { Account } from '../accounts/account.ts'
import type { LastMessage } from './joined-message.ts'
import { LastMessages } from './last-messages.ts'

function message(seq: number, body = '[]'): LastMessage {
  return {
    conv: 1,
    seq,
    senderId: 1,
    changeNo: 0,
    msgSeq: 1,
    random: 1,
    time: 1,
    clientTime: 1,
    flags: 0,
    body,
    custom: '',
    version: 0,
    peerReadTime: 0,
    revoker: '',
    revokeReason: '',
  }
}

const account = (userId: string, nick = ''): Account => ({
  id: 1,
  userId,
  nick,
  faceUrl: '',
  disabled: false,
  validAfter: 0,
  newestTicket: 0,
  deleted: false,
})

const at = (conv_id: number, list_seq: number, change_no = 0) => ({ conv_id, list_seq, change_no })

test('a message is found only where the conversation stands as it did', () => {
  const lasts = new LastMessages()
  lasts.keep(at(1, 5), message(5))
  expect(lasts.find(at(1, 5))?.seq).toBe(5)
  expect(lasts.find(at(1, 6))).toBeUndefined()
  expect(lasts.find(at(1, 5, 1))).toBeUndefined()
  expect(lasts.find(at(2, 5))).toBeUndefined()
  lasts.keep(at(1, 6), message(6))
  expect(lasts.find(at(1, 5))).toBeUndefined()
  expect(lasts.find(at(1, 6))?.seq).toBe(6)
})

test('its text is of the accounts as they are now', () => {
  const lasts = new LastMessages()
  const [from, to] = [account('alice', 'Al'), account('bob')]
  lasts.keep(at(1, 5), message(5))
  const text = lasts.text(at(1, 5), from, to)
  expect(JSON.parse(text ?? '')).toMatchObject({ From_Account: 'alice', To_Account: 'bob', From_Nick: 'Al' })
  expect(lasts.text(at(1, 5), from, to)).toBe(text as string)
  expect(JSON.parse(lasts.text(at(1, 5), account('alice', 'Alice'), to) ?? '')).toMatchObject({
    From_Nick: 'Alice',
  })
  expect(lasts.text(at(1, 6), from, to)).toBeUndefined()
})

test('conversations and their characters have bounds, and the oldest goes first', () => {
  const lasts = new LastMessages()
  for (let conv = 1; conv <= 10_001; conv++) lasts.keep(at(conv, 1), message(1))
  expect(lasts.counts).toEqual({ conversations: 10_000, characters: 20_000 })
  expect(lasts.find(at(1, 1))).toBeUndefined()
  expect(lasts.find(at(2, 1))).toBeDefined()

  const large = 'x'.repeat(1_000_000)
  for (let conv = 1; conv <= 6; conv++) lasts.keep(at(20_000 + conv, 1), message(1, large))
  expect(lasts.counts.characters).toBeLessThanOrEqual(4_194_304)
  expect(lasts.find(at(20_006, 1))).toBeDefined()
  expect(lasts.find(at(20_001, 1))).toBeUndefined()
  lasts.keep(at(30_000, 1), message(1, 'x'.repeat(5_000_000)))
  expect(lasts.find(at(30_000, 1))).toBeUndefined()
  expect(lasts.find(at(20_006, 1))).toBeDefined()
})
