import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { EVENT } from '../constants/event.ts'
import type { Message } from '../messages/message.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'

const PEERS = ['bo', 'cy', 'di'] as const

/** When a hint comes that travels between nodes. */
const FATES: readonly (readonly number[])[] = [[1], [], [40], [1, 90], [], [400], [5, 5]]

/** What users, networks and servers do. `pick` chooses among what is there. */
const happening = fc.record({
  do: fc.constantFrom(
    'peerSends',
    'peerSends',
    'peerSendsQuietly',
    'ownOtherDeviceSends',
    'weSend',
    'weSend',
    'peerRecalls',
    'peerModifies',
    'weRecall',
    'weRead',
    'otherDeviceReads',
    'peerReads',
    'otherDevicePins',
    'otherDeviceMarks',
    'otherDeviceDeletes',
    'loseHints',
    'keepHints',
    'cut',
    'serverDown',
    'serverUp',
    'deaf',
    'loseAnswers',
    'failPulls',
    'severalNodes',
    'behind',
    'drain',
    'heal',
    'pass',
  ),
  peer: fc.constantFrom(...PEERS),
  pick: fc.nat(1_000),
  ms: fc.constantFrom(0, 1, 5, 50, 500, 5_000),
})

describe('any history of faults', () => {
  test('ends with every message told once and in order, and the same view as a fresh login', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 5, maxLength: 200, size: 'max' }),
        fc.nat(),
        async (plan, seed) => {
          const world = new World(seed)
          const { server, clock } = world
          const { store } = server
          server.send('bo', 'ana', 'before the login')
          const ana = await world.client('ana')
          const beforeLogin = store.between('bo', 'ana').messages.length
          const sentHere = new Set<string>()
          const sends: Promise<unknown>[] = []
          let number = 0
          const heal = (): void => {
            server.isDown = false
            // A network that swallowed frames of a socket has broken it.
            if (server.isDeaf) server.cut('ana')
            server.isDeaf = false
            server.loses = () => false
            server.arrivals = () => [1]
            server.intercept = () => undefined
          }
          /** Hints of another node overtake each other, come twice or never; then the log tells of the head. */
          const scatter = (pick: number): void => {
            let at = pick
            server.arrivals = (user, frame) => {
              if (user !== 'ana' || frame.ev !== 'message') return [1]
              at += 1
              const { ConvId, Seq = 0 } = frame.m
              clock.after(160, () => server.emit('ana', { ev: 'head', ConvId, Seq }))
              return FATES[at % FATES.length] ?? []
            }
          }

          for (const { do: what, peer, pick, ms } of plan) {
            number += 1
            const text = `${what} ${number}`
            const messages = store.find('ana', peer)?.messages ?? []
            const theirs = messages.filter(m => m.From_Account === peer && m.MsgFlagBits === 0)
            const target = theirs[pick % Math.max(1, theirs.length)]
            const to = { To_Account: 'ana' }
            if (what === 'peerSends') server.send(peer, 'ana', text)
            if (what === 'peerSendsQuietly')
              server.send(peer, 'ana', text, { SendMsgControl: ['NoUnread', 'NoLastMsg'] })
            if (what === 'ownOtherDeviceSends') server.send('ana', peer, text)
            if (what === 'weSend') {
              const message = ana.text(peer, text)
              sentHere.add(message.ID)
              sends.push(ana.chat.sendMessage(message).catch(() => undefined))
            }
            if (what === 'peerRecalls' && target)
              server.act(peer, 'openim/msg_withdraw', { ...to, MsgKey: target.MsgKey })
            if (what === 'peerModifies' && target) {
              const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: `modified ${number}` } }]
              server.act(peer, 'openim/modify_c2c_msg', {
                From_Account: peer,
                ...to,
                MsgKey: target.MsgKey,
                MsgBody,
              })
            }
            if (what === 'weRecall') {
              const mine = messages.filter(m => m.From_Account === 'ana' && m.MsgFlagBits === 0)
              const chosen = mine[pick % Math.max(1, mine.length)]
              const id = chosen && `${chosen.From_TinyID}-${chosen.MsgClientTime}-${chosen.MsgRandom}`
              const message = id ? ana.chat.findMessage(id) : null
              if (message?.status === 'success')
                sends.push(ana.chat.revokeMessage(message).catch(() => undefined))
            }
            if (what === 'weRead') sends.push(ana.chat.setMessageRead({ conversationID: `C2C${peer}` }))
            if (what === 'otherDeviceReads') server.act('ana', 'openim/set_msg_read', { Peer_Account: peer })
            if (what === 'peerReads') server.act(peer, 'openim/set_msg_read', { Peer_Account: 'ana' })
            if (what === 'otherDevicePins')
              server.act('ana', 'recentcontact/pin', { To_Account: peer, TopFlag: pick % 2 })
            if (what === 'otherDeviceMarks') {
              const ContactItem = { Type: 1, To_Account: peer }
              server.act('ana', 'recentcontact/mark_contact', {
                MarkItem: [{ OptType: 1, ContactItem, SetMark: [1 + (pick % 4)] }],
              })
            }
            if (what === 'otherDeviceDeletes')
              server.act('ana', 'recentcontact/delete', { Type: 1, To_Account: peer, ClearRamble: pick % 2 })
            if (what === 'loseHints') {
              let at = 0
              server.loses = user => user === 'ana' && (at++ + pick) % 3 === 0
            }
            if (what === 'keepHints') server.loses = () => false
            if (what === 'cut') server.cut('ana')
            if (what === 'serverDown') {
              server.isDown = true
              server.cut()
            }
            if (what === 'serverUp') server.isDown = false
            if (what === 'deaf') server.isDeaf = true
            if (what === 'loseAnswers')
              server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'unanswered' : undefined)
            if (what === 'failPulls')
              server.intercept = (_, cmd) => (cmd === 'sync/pull' ? new Refusal(20004) : undefined)
            if (what === 'severalNodes') scatter(pick)
            if (what === 'behind')
              server.intercept = () => new Refusal(60022, { check: 'behind', retryAfterMs: 500 })
            if (what === 'drain') server.drain('ana', ms)
            if (what === 'heal') heal()
            await clock.pass(ms)
          }

          heal()
          await clock.pass(400_000)
          await world.done(Promise.all(sends))

          for (const peer of PEERS) {
            const conversation = store.find('ana', peer)
            const stored = conversation?.messages ?? []
            const ids = stored.map(m => `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`)
            expect(new Set(ids).size).toBe(ids.length)
            const expected = ids.slice(peer === 'bo' ? beforeLogin : 0).filter(id => !sentHere.has(id))
            const told = ana
              .named(EVENT.MESSAGE_RECEIVED)
              .flatMap(event => event.data as Message[])
              .filter(message => message.conversationID === `C2C${peer}`)
              .map(message => message.ID)
            const cleared = conversation ? store.own(conversation, 'ana').clearedSeq : 0
            // What another device cleared while this one was away is not told any more.
            const gone = new Set(ids.slice(0, cleared))
            expect(told.filter(id => !gone.has(id))).toEqual(expected.filter(id => !gone.has(id)))
            expect(new Set(told).size).toBe(told.length)
            expect(expected).toEqual(expect.arrayContaining(told))
            for (const [at, m] of stored.entries()) {
              const message = ana.chat.findMessage(ids[at] ?? '')
              if (!message || at < cleared) continue
              expect([message.isRevoked, message.status, message.sequence]).toEqual([
                m.MsgFlagBits === 8,
                'success',
                at + 1,
              ])
              if (!message.isRevoked)
                expect(message.payload.text).toBe(m.MsgBody[0]?.MsgContent.Text as string)
            }
          }
          const fresh = await world.client('ana', { platform: 'Mac' })
          const [ours, theirs] = [
            await ana.chat.getConversationList(),
            await fresh.chat.getConversationList(),
          ]
          expect(comparable(ours.data.conversationList)).toEqual(comparable(theirs.data.conversationList))
          expect(ana.chat.getTotalUnreadMessageCount()).toBe(fresh.chat.getTotalUnreadMessageCount())
        },
      ),
      { numRuns: Number(process.env.ROOKERY_MODEL_RUNS ?? 40) },
    )
  }, 600_000)
})

/** A recalled last message keeps its text where it was seen before. */
function comparable(list: readonly { readonly lastMessage: { readonly isRevoked: boolean } }[]): unknown {
  const plain = JSON.parse(JSON.stringify(list)) as { lastMessage: Record<string, unknown> }[]
  for (const { lastMessage } of plain) {
    if (lastMessage.isRevoked) Object.assign(lastMessage, { payload: null, messageForShow: '' })
  }
  return plain
}
