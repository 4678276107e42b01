import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { WireMessage } from '@rookery/protocol/wire'
import { findNats, type NatsServer, NO_NATS, startNats } from '../../testing/nats-server.ts'
import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import { type Device, startTestServer, TestServer } from '../../testing/test-server.ts'
import { soundGroup } from './group-log.ts'
import { RACERS, raceRemovals, sendText, toldOf, until } from './removal-race.ts'

const missing = findPostgres() === undefined ? NO_POSTGRES : findNats() === undefined ? NO_NATS : undefined

const SENDERS = ['ann', 'ben', 'cid', 'dot'] as const
/** Of each sender, each sent when the one before was answered. */
const MESSAGES = 60

if (missing !== undefined) test.skip(`groups over two nodes (skipped: ${missing})`, () => {})
else
  describe('over two nodes', () => {
    let nats: NatsServer
    let a: TestServer
    let b: TestServer

    beforeAll(async () => {
      nats = await startNats()
      const options = {
        server: { bus: { urls: [nats.url] } },
        settings: { 'rate.rest.default': 0, 'session.commandsPerSec': 10_000 },
      }
      a = await startTestServer({ ...options, engine: 'postgres', users: [...RACERS, ...SENDERS] })
      b = new TestServer({ ...options, beside: a })
      await b.start()
      for (const node of [a, b]) await until(() => node.running.services.bus.problem === undefined)
    })

    afterAll(async () => {
      await b.stop()
      await a.stop()
      await nats.stop()
    })

    test('who writes on one node while the other removes it has no message after it, hears none, and missed none before', async () => {
      await raceRemovals(a, b, 12)
    }, 60_000)

    test('two nodes that append to one group number densely, keep the order of each sender, and all read the same', async () => {
      const { GroupId } = await a.ok<{ GroupId: string }>('group_open_http_svc/create_group', {
        Type: 'Public',
        Name: 'side by side',
        MemberList: SENDERS.map(Member_Account => ({ Member_Account })),
      })
      const devices: Device[] = []
      for (const [index, sender] of SENDERS.entries()) devices.push(await (index % 2 ? b : a).connect(sender))
      const numbers = await Promise.all(
        devices.map(async (device, index) => {
          const answers = []
          for (let n = 0; n < MESSAGES; n++)
            answers.push(await sendText(device, GroupId, `${SENDERS[index]} ${n}`))
          return answers
        }),
      )
      expect(numbers.flat().filter(({ code }) => code !== 0)).toEqual([])
      const { row, log } = await soundGroup(a, GroupId)
      const tips = log.filter(({ tip }) => tip).length
      expect(log.length).toBe(tips + SENDERS.length * MESSAGES)
      for (const [index, answers] of numbers.entries()) {
        const own = log.filter(({ from }) => from === SENDERS[index])
        expect(own.map(({ text }) => text)).toEqual(answers.map((_, n) => `${SENDERS[index]} ${n}`))
        expect(own.map(({ seq }) => seq)).toEqual(answers.map(({ seq }) => seq))
      }
      const whole = log.map(({ seq, text }) => [seq, text])
      for (const [index, device] of devices.entries()) {
        await until(() => {
          const { seqs, heads } = toldOf(device, row.conv_id)
          const head = Math.max(tips, ...heads)
          return log.every(({ seq, from }) => from === SENDERS[index] || seqs.has(seq) || seq <= head)
        })
        expect(await history(device, GroupId)).toEqual(whole)
        device.close()
      }
    }, 60_000)

    async function history(device: Device, GroupId: string): Promise<unknown[]> {
      const found: unknown[] = []
      for (let from = 0, complete = 0; complete === 0; ) {
        const page = await device.ok<{ MsgList: WireMessage[]; Complete: number }>('group/get_messages', {
          GroupId,
          MaxCnt: 100,
          Anchor: { MsgSeq: from },
          Direction: 1,
        })
        found.push(...page.MsgList.map(m => [m.Seq, m.MsgBody[0]?.MsgContent.Text]))
        complete = page.Complete
        from = page.MsgList.at(-1)?.Seq ?? 0
      }
      return found
    }
  })
