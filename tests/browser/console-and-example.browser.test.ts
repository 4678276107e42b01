import { expect } from 'bun:test'
import { ConsolePage } from './console-page.ts'
import { browserTest, exampleHouse } from './example-house.ts'

const PASSWORD = 'correct horse battery'

const house = exampleHouse()

/** A new operator's window, signed in by the set-up link that the start printed, in the example's app. */
async function operatorDesk(): Promise<ConsolePage> {
  const desk = await ConsolePage.open(house.browser, PASSWORD)
  const { page } = desk
  await page.goto(/(\S+\/console\/#setup=\S+)/.exec(house.rookery.output)?.[1] ?? '')
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('Password again').fill(PASSWORD)
  await desk.button('Create login').click()
  await page.getByRole('link', { name: 'Example' }).click()
  return desk
}

browserTest(
  'in the console an operator rotates the key while two users chat on without a break, then kicks one',
  async () => {
    const [lin, mira] = await house.twoWindows()
    await house.chatBothWays(lin, mira, 'before')
    const desk = await operatorDesk()

    await desk.room('Keys')
    await desk.button('Rotate key').click()
    await desk.confirm('Rotate key', { password: true })
    await desk.dialog.getByText('Sign with it from now on.').waitFor()
    house.rookery.key = await desk.takeSecret()
    await house.chatBothWays(lin, mira, 'under the old key')
    for (const window of [lin, mira]) expect(await window.page.getByRole('dialog').count()).toBe(0)

    await desk.room('Accounts')
    await desk.button('Show: mira').click()
    await desk.button('Kick').click()
    await desk.page.getByRole('dialog', { name: 'Kick: mira' }).getByRole('button', { name: 'Kick' }).click()
    // The console's answer to a kick comes when its second is over: a UserSig that is signed after it works.
    await desk.page.getByText('ended: REST_API_Kick').waitFor()
    const ended = mira.page.getByRole('dialog', { name: 'This login has ended' })
    await ended.waitFor()
    expect(await lin.page.getByRole('dialog').count()).toBe(0)
    await ended.getByRole('button', { name: 'Log in again' }).click()
    await ended.waitFor({ state: 'hidden' })
    await house.chatBothWays(lin, mira, 'with a UserSig of the new key')
    expect(desk.complaints).toEqual([])
    await desk.close()
  },
  90_000,
)
