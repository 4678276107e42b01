import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { EVENT } from '../constants/event.ts'
import type { Message } from '../messages/message.ts'
import { FakeProfile, type FakeTab } from '../testing/fake-tabs.ts'
import { TestClient, World } from '../testing/test-client.ts'

/** What users, networks and servers do to tabs. `pick` chooses among what is there. */
const happening = fc.record({
  do: fc.constantFrom(
    'openTab',
    'openTab',
    'closeTab',
    'logOut',
    'send',
    'send',
    'send',
    'peerSends',
    'peerSends',
    'read',
    'cut',
    'serverDown',
    'serverUp',
    'loseAnswers',
    'heal',
    'pass',
  ),
  pick: fc.nat(1_000),
  ms: fc.constantFrom(0, 1, 2, 5, 50, 500, 5_000),
})

interface Page {
  readonly tab: FakeTab
  readonly client: TestClient
  readonly sent: Set<string>
  /** Numbers of messages stored before it was logged in are history to it. */
  readonly since: { value: number }
}

test('whichever tabs open, close and log out, every tab hears of every message once, and no message is stored twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 5, maxLength: 60, size: 'max' }),
      fc.nat(),
      async (plan, seed) => {
        const world = new World(seed)
        const { server, clock } = world
        const profile = new FakeProfile(clock)
        let pages: Page[] = []
        const sends: Promise<unknown>[] = []
        const head = (): number => server.store.find('ana', 'bo')?.messages.length ?? 0
        const heal = (): void => {
          server.isDown = false
          server.intercept = () => undefined
        }
        const openTab = (): void => {
          const tab = profile.open(server)
          const client = new TestClient(world, 'ana', {}, tab)
          const page: Page = { tab, client, sent: new Set(), since: { value: Number.POSITIVE_INFINITY } }
          client.chat.on(EVENT.SDK_READY, () => {
            page.since.value = head()
          })
          pages.push(page)
          sends.push(client.chat.login({ userID: 'ana', userSig: 'good' }).catch(() => undefined))
        }
        openTab()
        let number = 0
        for (const { do: what, pick, ms } of plan) {
          number += 1
          const page = pages[pick % Math.max(1, pages.length)]
          if (what === 'openTab' && pages.length < 4) openTab()
          if (what === 'closeTab' && page) {
            page.tab.close()
            pages = pages.filter(it => it !== page)
          }
          if (what === 'logOut' && page) {
            sends.push(page.client.chat.logout())
            pages = pages.filter(it => it !== page)
          }
          if (what === 'send' && page?.client.chat.isReady()) {
            const message = page.client.text('bo', `${number}`)
            page.sent.add(message.ID)
            sends.push(page.client.chat.sendMessage(message).catch(() => undefined))
          }
          if (what === 'peerSends') server.send('bo', 'ana', `${number}`)
          if (what === 'read' && page?.client.chat.isReady())
            sends.push(page.client.chat.setMessageRead({ conversationID: 'C2Cbo' }))
          if (what === 'cut') server.cut('ana')
          if (what === 'serverDown') {
            server.isDown = true
            server.cut()
          }
          if (what === 'serverUp') server.isDown = false
          if (what === 'loseAnswers')
            server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'unanswered' : undefined)
          if (what === 'heal') heal()
          await clock.pass(ms)
        }
        heal()
        await clock.pass(400_000)

        const stored = server.store.find('ana', 'bo')?.messages ?? []
        const ids = stored.map(m => `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`)
        expect(new Set(ids).size).toBe(ids.length)
        const ready = pages.filter(page => page.client.chat.isReady())
        for (const { client, sent, since } of ready) {
          const told = client
            .named(EVENT.MESSAGE_RECEIVED)
            .flatMap(event => event.data as Message[])
            .map(message => message.ID)
          expect(new Set(told).size).toBe(told.length)
          const later = ids.slice(since.value).filter(id => !sent.has(id))
          expect(told.filter(id => later.includes(id))).toEqual(later)
          expect(told.filter(id => sent.has(id))).toEqual([])
          for (const id of sent)
            expect(client.chat.findMessage(id)?.status).toBe(ids.includes(id) ? 'success' : 'fail')
        }
        const totals = ready.map(page => page.client.chat.getTotalUnreadMessageCount())
        expect(new Set(totals).size).toBeLessThanOrEqual(1)
        // All that are logged in stand on one socket.
        const users = server.sockets('ana')
        expect(users).toBe(ready.length > 0 ? 1 : 0)
      },
    ),
    { numRuns: Number(process.env.ROOKERY_MODEL_RUNS ?? 40) },
  )
}, 600_000)
