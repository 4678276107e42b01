import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { changeExtensions } from '../messages/change-extensions.ts'
import { hideMessages } from '../messages/hide-messages.ts'
import { modifyMessage } from '../messages/modify-message.ts'
import { recallMessage } from '../messages/recall-message.ts'
import { reportReceipts } from '../messages/report-receipts.ts'
import type { AppendResult } from '../store/append.ts'
import { MessageFlag } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { findPostgres, NO_POSTGRES } from '../testing/postgres-server.ts'
import { openTwoNodes, ROUNDS, race, SIDE_APP, succeeded, type TwoNodes } from '../testing/two-nodes.ts'
import { createContactGroup } from './contact-groups.ts'
import { deleteConversation } from './delete-conversation.ts'
import { markConversations } from './mark-conversations.ts'
import { pinConversation } from './pin-conversation.ts'
import { markRead } from './read-mark.ts'

const app = SIDE_APP

let nodes: TwoNodes
let random = 0

describe.skipIf(!findPostgres())(
  `two nodes change at once${findPostgres() ? '' : `: ${NO_POSTGRES}`}`,
  () => {
    beforeAll(async () => {
      nodes = await openTwoNodes()
    })
    afterAll(() => nodes.close())

    async function send(store: Store, sender: number, receiver: number, flags = 0) {
      random++
      const result: AppendResult = await store.append({
        app,
        sender,
        receiver,
        msgSeq: 1,
        random,
        clientTime: 100,
        flags,
        body: '[]',
        custom: '',
        pushInfo: '',
        key: { kind: 'client', hash: `h${random}` },
        importTime: 0,
      })
      if (result.outcome !== 'stored') throw new Error(`The message was not stored: ${result.outcome}.`)
      return { ...result, key: { msgSeq: 1, random, time: result.time } }
    }

    interface OwnRow {
      readonly conv_id: number
      readonly log_no: number
      readonly read_seq: number
      readonly read_count: number
      readonly cleared_seq: number
      readonly hidden_seq: number
      readonly pinned_ms: number
    }

    const ownRows = (owner: number) =>
      nodes.rows<OwnRow>('select * from user_conversation where account_id = ? order by conv_id', owner)

    test('a read mark counts exactly the messages up to it, whatever arrives meanwhile', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await race<unknown>(
          () => send(nodes.a, 1, 2),
          () => nodes.b.mutate(markRead, { app, reader: 2, peer: 1, upTo: {} }),
          () => send(nodes.b, 1, 2),
          () => nodes.a.mutate(markRead, { app, reader: 2, peer: 1, upTo: {} }),
          () => nodes.b.mutate(markRead, { app, reader: 1, peer: 2, upTo: {} }),
        )
        for (const row of [...(await ownRows(1)), ...(await ownRows(2))])
          expect(row.read_count).toBe(row.read_seq)
      }
      const { length } = await nodes.rows('select seq from message')
      expect(length).toBe(2 * ROUNDS)
    })

    test('every change of the own state has a number of its own, without gaps', async () => {
      const before = await nodes.rows<{ log_no: number }>('select log_no from account where account_id = 3')
      const peers = [4, 5, 6, 7, 8, 9]
      for (let round = 0; round < ROUNDS; round++) {
        const set = [1 + (round % 60)]
        const outcomes = await race<unknown>(
          ...peers.map(peer => () => {
            const changes = [{ peer, set: round % 2 ? [] : set, clear: round % 2 ? [set[0] ?? 1, 1] : [] }]
            return (peer % 2 ? nodes.a : nodes.b).mutate(markConversations, {
              app,
              owner: 3,
              changes,
              markedMax: 100,
            })
          }),
          () => nodes.b.mutate(pinConversation, { app, owner: 3, peer: 4, pin: round % 2 === 0, max: 50 }),
        )
        expect(succeeded(outcomes)).toHaveLength(peers.length + 1)
      }
      const numbers = (await ownRows(3)).map(row => row.log_no)
      expect(new Set(numbers).size).toBe(peers.length)
      const [after] = await nodes.rows<{ log_no: number }>('select log_no from account where account_id = 3')
      expect(after?.log_no).toBe(Math.max(...numbers))
      expect(after?.log_no).toBeGreaterThan(before[0]?.log_no ?? 0)
    })

    test('no more conversations are pinned, marked or grouped than allowed', async () => {
      const peers = [1, 2, 3, 5, 6, 7, 8, 9]
      for (let round = 0; round < ROUNDS; round++) {
        await race<unknown>(
          ...peers.map(
            (peer, n) => () =>
              (n % 2 ? nodes.a : nodes.b).mutate(pinConversation, { app, owner: 4, peer, pin: true, max: 3 }),
          ),
        )
        expect((await ownRows(4)).filter(row => row.pinned_ms > 0)).toHaveLength(3)
        for (const peer of peers)
          await nodes.a.mutate(pinConversation, { app, owner: 4, peer, pin: false, max: 3 })
      }
      await race<unknown>(
        ...Array.from(
          { length: 20 },
          (_, n) => () =>
            (n % 2 ? nodes.a : nodes.b).mutate(createContactGroup, {
              app,
              owner: 4,
              name: `g${n % 10}`,
              contacts: [],
              groupsMax: 5,
              markedMax: 100,
            }),
        ),
      )
      expect(await nodes.rows('select name from contact_group where account_id = 4')).toHaveLength(5)
    })

    test('a deleted conversation is hidden and cleared up to one number, and what came later is unread', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const choice = { app, owner: 6, peer: 5, hide: true, clear: true, tell: true }
        await race<unknown>(
          () => send(nodes.a, 5, 6),
          () => nodes.b.mutate(deleteConversation, choice),
          () => nodes.a.mutate(pinConversation, { app, owner: 6, peer: 5, pin: true, max: 50 }),
          () => send(nodes.b, 5, 6),
          () => nodes.a.mutate(deleteConversation, choice),
        )
        const [row] = await ownRows(6)
        expect(row?.read_count).toBe(row?.read_seq ?? -1)
        // Pinned after it was deleted, it shows again; else it is hidden as far as it is cleared, and not pinned.
        if ((row?.pinned_ms ?? 0) > 0) expect(row?.hidden_seq).toBe(-1)
        else expect(row?.hidden_seq).toBe(row?.cleared_seq ?? -2)
      }
    })

    test('a message is recalled once, and each change of a conversation has its own number', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const flags = MessageFlag.NEEDS_RECEIPT | MessageFlag.EXTENSIONS
        const { key, conv } = await send(nodes.a, 7, 8, flags)
        const other = await send(nodes.b, 8, 7, flags)
        const recall = { app, sender: 7, receiver: 8, key, revoker: 7, notBefore: 0 }
        const edit = {
          app,
          sender: 8,
          receiver: 7,
          key: other.key,
          version: 0,
          maxBytes: 1000,
          door: 'http' as const,
          notBefore: 0,
        }
        const extend = { ...edit, operate: 1 as const, viewer: 7, perMessage: 3, perMinute: 1000 }
        const outcomes = await race<unknown>(
          () => nodes.a.mutate(recallMessage, recall),
          () => nodes.b.mutate(recallMessage, recall),
          () => nodes.a.mutate(modifyMessage, { ...edit, body: '["a"]' }),
          () => nodes.b.mutate(modifyMessage, { ...edit, body: '["b"]' }),
          () =>
            nodes.b.mutate(reportReceipts, { app, reader: 7, sender: 8, keys: [other.key], notBefore: 0 }),
          () =>
            nodes.a.mutate(reportReceipts, { app, reader: 7, sender: 8, keys: [other.key], notBefore: 0 }),
          () => nodes.b.mutate(changeExtensions, { ...extend, pairs: [{ Key: 'k', Value: 'b', Seq: 0 }] }),
          () => nodes.a.mutate(changeExtensions, { ...extend, pairs: [{ Key: 'k', Value: 'a', Seq: 0 }] }),
          () => nodes.a.mutate(hideMessages, { app, owner: 8, peer: 7, keys: [other.key], notBefore: 0 }),
          () => nodes.b.mutate(hideMessages, { app, owner: 8, peer: 7, keys: [other.key], notBefore: 0 }),
        )
        const results = outcomes.map(outcome => ('ok' in outcome ? outcome.ok : outcome.code))
        expect(results.slice(0, 2).sort()).toEqual([20023, null])
        expect(results.slice(2, 4).sort()).toEqual([2480, null])
        expect(results.slice(4, 6)).toEqual(expect.arrayContaining([{ marked: 1 }, { marked: 0 }]))
        expect(JSON.stringify(results.slice(6, 8))).toContain('23001')
        expect(results.slice(8)).toEqual(expect.arrayContaining([{ hidden: 1 }, { hidden: 0 }]))
        // One recall, one edit, one receipt and one extension a round.
        const [head] = await nodes.rows<{ change_no: number }>(
          'select change_no from conversation where conv_id = ?',
          conv,
        )
        expect(head?.change_no).toBe(4 * (round + 1))
      }
    })

    test('two who never talked get one conversation', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await nodes.edit(async run => {
          for (const id of [1000, 1001])
            await run(
              'insert into account (app_id, account_id, user_id, created) values (?, ?, ?, 0)',
              app,
              id + 2 * round,
              `n${id + 2 * round}`,
            )
        })
        const [one, two] = [1000 + 2 * round, 1001 + 2 * round]
        const outcomes = await race<unknown>(
          () => send(nodes.a, one, two),
          () => nodes.b.mutate(pinConversation, { app, owner: one, peer: two, pin: true, max: 50 }),
          () => nodes.a.mutate(pinConversation, { app, owner: two, peer: one, pin: true, max: 50 }),
          () => send(nodes.b, two, one),
        )
        expect(succeeded(outcomes)).toHaveLength(4)
        const rows = [...(await ownRows(one)), ...(await ownRows(two))]
        expect(rows.map(row => row.conv_id)).toEqual([rows[0]?.conv_id ?? 0, rows[0]?.conv_id ?? 0])
        expect(rows.every(row => row.pinned_ms > 0)).toBe(true)
      }
    })
  },
)
