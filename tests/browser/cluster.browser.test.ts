import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test'
import { findNats } from '@rookery/server/testing/nats-server'
import { findPostgres } from '@rookery/server/testing/postgres-server'
import type { Browser } from 'playwright-core'
import { Cluster } from '../deploy/cluster.ts'
import { ChatPage } from './chat-page.ts'
import { launchChromium } from './chromium.ts'
import { browserTest, SETUP_MS } from './example-house.ts'

/** Each node is killed and started again, with a conversation before and after. */
setDefaultTimeout(120_000)

const canRun = findPostgres() !== undefined && findNats() !== undefined
let cluster: Cluster
let browser: Browser

beforeAll(async () => {
  if (!canRun) return
  ;[browser, cluster] = await Promise.all([launchChromium(), Cluster.start()])
}, 2 * SETUP_MS)

afterAll(async () => {
  await browser?.close()
  await cluster?.stop()
}, 2 * SETUP_MS)

async function chatBothWays(lin: ChatPage, mira: ChatPage, about: string): Promise<void> {
  await lin.write(`${about}: hello Mira`)
  await mira.sees(`${about}: hello Mira`)
  await mira.write(`${about}: hello Lin`)
  await lin.sees(`${about}: hello Lin`)
}

browserTest.if(canRun)(
  'two people chat while each of three nodes is killed in turn, and see every message once',
  async () => {
    const [lin, mira] = await Promise.all(
      ['lin', 'mira'].map(async user => {
        const page = await ChatPage.open(browser, cluster.exampleUrl)
        await page.signIn(user, cluster.passwordOf(user))
        return page
      }),
    )
    if (!lin || !mira) throw new Error('Two pages were to be opened.')
    await Promise.all([lin.openConversation('Mira'), mira.openConversation('Lin')])
    await chatBothWays(lin, mira, 'all three')
    const written = ['all three']
    for (let no = 0; no < cluster.nodes; no++) {
      await cluster.killNode(no)
      await chatBothWays(lin, mira, `without node ${no + 1}`)
      await cluster.startNode(no)
      await chatBothWays(lin, mira, `node ${no + 1} is back`)
      written.push(`without node ${no + 1}`, `node ${no + 1} is back`)
    }
    await cluster.stopNode(0)
    await chatBothWays(lin, mira, 'one is being updated')
    for (const about of [...written, 'one is being updated'])
      for (const page of [lin, mira])
        for (const text of [`${about}: hello Mira`, `${about}: hello Lin`])
          expect(`${text}: ${await page.message(text).count()}`).toBe(`${text}: 1`)
    expect([...lin.complaints, ...mira.complaints]).toEqual([])
    await Promise.all([lin.close(), mira.close()])
  },
)
