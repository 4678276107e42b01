import { expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createExampleApp } from '../../examples/chat/server/example-app.ts'
import { browserTest, exampleHouse } from './example-house.ts'

const house = exampleHouse()
const TICKET_SECONDS = 15

browserTest('the list tells who is online, and when they left', async () => {
  const lin = await house.openWindow('lin')
  const dot = lin.entry('Mira').getByRole('img', { name: 'online' })
  expect(await dot.count()).toBe(0)
  const mira = await house.openWindow('mira')
  await mira.openConversation('Lin')
  await mira.page.locator('#peer-status').getByText('Online').waitFor()
  // Coming back to the window asks anew; the app server answers from memory for two seconds.
  await lin.page.waitForFunction(
    () => {
      dispatchEvent(new Event('focus'))
      return document.querySelector('aside [aria-label="online"]') !== null
    },
    undefined,
    { polling: 250 },
  )
  await dot.waitFor()
  await mira.page.getByRole('button', { name: 'Sign out' }).click()
  await lin.page.waitForFunction(
    () => {
      dispatchEvent(new Event('focus'))
      return document.querySelector('aside [aria-label="online"]') === null
    },
    undefined,
    { polling: 250 },
  )
})

browserTest(
  'beside another Rookery, with UserSigs of seconds, the page renews and stays logged in',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-renewal-'))
    const app = await createExampleApp({
      sdkAppId: house.rookery.sdkAppId,
      secretKey: house.rookery.key,
      dataFolder: folder,
      rookeryUrl: house.rookery.url,
      userSigSeconds: TICKET_SECONDS,
    })
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      development: false,
      async fetch(request, server) {
        const address = server.requestIP(request)?.address ?? ''
        return (
          (await app.pages(request, new URL(request.url), address)) ?? new Response(null, { status: 404 })
        )
      },
    })
    try {
      const lin = await house.openPage(server.url.origin)
      await lin.signIn('lin', app.demoUsers.find(it => it.userID === 'lin')?.password ?? '')
      const end = Date.now() + TICKET_SECONDS * 1000
      const ticket = lin.page.locator('#steps small').nth(1)
      const first = await ticket.textContent()
      const renewed = await lin.page.waitForFunction(
        before => document.querySelectorAll('#steps small')[1]?.textContent !== before && Date.now(),
        first,
      )
      expect(await renewed.jsonValue()).toBeLessThan(end)
      await lin.openConversation('Mira')
      await lin.page.waitForFunction(time => Date.now() > time, end + 500)
      const [text = ''] = house.texts('Under the second UserSig')
      await lin.write(text)
      await lin.message(text).getByRole('img', { name: 'Sent' }).waitFor()
      expect(await lin.page.getByRole('dialog').count()).toBe(0)
    } finally {
      server.stop(true)
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
