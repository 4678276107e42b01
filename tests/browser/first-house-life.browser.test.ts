import { expect } from 'bun:test'
import { browserTest, exampleHouse } from './example-house.ts'

const house = exampleHouse()

browserTest(
  'a kick ends the login, the page says so, and a newly signed UserSig lets the user in again',
  async () => {
    const [lin, mira] = await house.twoWindows()
    await house.admin().call('im_open_login_svc/kick', { UserID: 'mira' })
    const ended = mira.page.getByRole('dialog', { name: 'This login has ended' })
    await ended.getByText('An app admin ended it.').waitFor()
    const [missed = ''] = house.texts('while you were out')
    await lin.write(missed)
    await lin.message(missed).getByRole('img', { name: 'Sent' }).waitFor()
    await ended.getByRole('button', { name: 'Log in again' }).click()
    await ended.waitFor({ state: 'hidden' })
    await mira.sees(missed)
    await house.chatBothWays(lin, mira, 'after the kick')
  },
)

browserTest('a key is rotated and nobody is logged out; new logins use the new key', async () => {
  const [lin, mira] = await house.twoWindows()
  const before = house.rookery.key
  const printed = await house.rookery.command('key', 'rotate', String(house.rookery.sdkAppId))
  await house.chatBothWays(lin, mira, 'under the old key')
  house.rookery.key = /Key:\s+(\S+)/.exec(printed)?.[1] ?? ''
  expect(house.rookery.key).toMatch(/^[0-9a-f]{64}$/)
  expect(house.rookery.key).not.toBe(before)
  await lin.page.reload()
  await lin.page.getByText('Connected', { exact: true }).waitFor()
  await house.chatBothWays(lin, mira, 'one under each key')
  for (const page of [lin, mira]) expect(await page.page.getByRole('dialog').count()).toBe(0)
  const keys = await house.rookery.command('key', 'list', String(house.rookery.sdkAppId))
  expect(keys).toMatch(/ current .* 1 +1$/m)
  expect(keys).toMatch(/ accepted .* 1 +1$/m)
})

browserTest('the page outlives a restart of the server and shows what was sent meanwhile', async () => {
  const [lin, mira] = await house.twoWindows()
  await house.rookery.stop()
  const banner = lin.page.getByText('No connection to Rookery.')
  await banner.waitFor()
  await house.rookery.start()
  const [text = ''] = house.texts('sent when you were not connected')
  await house.admin().sendText('mira', 'lin', text)
  await lin.sees(text)
  await mira.sees(text)
  await banner.waitFor({ state: 'hidden' })
  await house.chatBothWays(lin, mira, 'after the restart')
})
