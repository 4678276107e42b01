import { expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import { World } from '../testing/test-client.ts'
import type { Message } from './message.ts'
import { type CacheEntry, MessageCache } from './message-cache.ts'

const entry = (conversationID: string): CacheEntry => ({
  message: { conversationID } as Message,
  changeNo: 0,
  createdHere: false,
})

test('equal IDs of two conversations are two messages', () => {
  const cache = new MessageCache(10)
  const [one, two] = [entry('GROUPone'), entry('GROUPtwo')]
  cache.put('7-1-1', one)
  cache.put('7-1-1', two)
  expect(cache.get('7-1-1', 'GROUPone')).toBe(one)
  expect(cache.get('7-1-1', 'GROUPtwo')).toBe(two)
  expect(cache.get('7-1-1', 'GROUPthree')).toBeUndefined()
})

test('an ID alone means the message that was touched last, and none once it is gone', () => {
  const cache = new MessageCache(2)
  const [one, two] = [entry('GROUPone'), entry('GROUPtwo')]
  cache.put('7-1-1', one)
  cache.put('7-1-1', two)
  expect(cache.get('7-1-1')).toBe(two)
  cache.get('7-1-1', 'GROUPone')
  expect(cache.get('7-1-1')).toBe(one)
  cache.put('8-1-1', entry('GROUPone'))
  expect(cache.get('7-1-1', 'GROUPtwo')).toBeUndefined()
  expect(cache.get('7-1-1')).toBe(one)
  cache.put('8-1-2', entry('GROUPone'))
  cache.put('8-1-3', entry('GROUPone'))
  expect(cache.get('7-1-1')).toBeUndefined()
})

test('a back end that writes to two groups with one random number makes two messages', async () => {
  const world = new World()
  for (const GroupId of ['one', 'two'])
    world.server.act('ana', 'group_open_http_svc/create_group', {
      GroupId,
      Type: 'Public',
      Name: GroupId,
      MemberList: [{ Member_Account: 'bo' }],
    })
  const bo = await world.client('bo')
  for (const GroupId of ['one', 'two'])
    world.server.act('ana', 'group_open_http_svc/send_group_msg', {
      GroupId,
      Random: 7,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `to ${GroupId}` } }],
    })
  await world.clock.pass(500)
  const told = bo.named(EVENT.MESSAGE_RECEIVED).flatMap(event => event.data as Message[])
  expect(told.map(it => [it.conversationID, it.payload.text])).toEqual([
    ['GROUPone', 'to one'],
    ['GROUPtwo', 'to two'],
  ])
  expect(told[0]?.ID).toBe(told[1]?.ID ?? '')

  // Each keeps what is its own: deleting one leaves the other, also when an app passes a copy.
  const { data } = await world.done(bo.chat.deleteMessage([structuredClone(told[0] as Message)]))
  expect(data.messageList[0]?.conversationID).toBe('GROUPone')
  const history = async (conversationID: string) =>
    (await world.done(bo.chat.getMessageList({ conversationID }))).data.messageList
      .filter(it => it.type === TYPES.MSG_TEXT)
      .map(it => it.payload.text)
  expect([await history('GROUPone'), await history('GROUPtwo')]).toEqual([[], ['to two']])
})
