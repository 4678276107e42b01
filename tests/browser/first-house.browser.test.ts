import { expect } from 'bun:test'
import { browserTest, exampleHouse } from './example-house.ts'

const house = exampleHouse()

browserTest('two people log in with the four steps and chat in two windows', async () => {
  const [lin, mira] = await house.twoWindows()
  const steps = await lin.page.locator('#steps small').allTextContents()
  expect(steps[0]).toContain('signed in to the example')
  expect(steps[1]).toContain('for lin, until')
  expect(steps[2]).toContain('OK')
  expect(steps[3]).toContain('Logged in as lin')
  await house.chatBothWays(lin, mira, 'first')
})

browserTest('a wrong password stops at the first of the four steps and says so', async () => {
  const { page } = await house.openPage()
  await page.getByLabel('User name').fill('lin')
  await page.getByLabel('Password').fill('not it')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor()
  expect(await page.locator('#steps [data-state]').count()).toBe(1)
  expect(await page.locator('#steps [data-state=failed]').textContent()).toContain('App login')
})

browserTest('with a wrong key the third step fails, and the page names the failed check', async () => {
  const good = house.rookery.key
  house.rookery.key = '0'.repeat(64)
  try {
    const { page } = await house.openPage()
    await page.getByLabel('User name').fill('lin')
    await page.getByLabel('Password').fill(house.rookery.passwordOf('lin'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('(70009)').waitFor()
    expect(await page.locator('#steps [data-state=done]').count()).toBe(2)
    expect(await page.locator('#steps [data-state=failed]').textContent()).toContain('SDK login')
  } finally {
    house.rookery.key = good
  }
})

browserTest('what an app admin sends with a UserSig of tls-sig-api-v2 shows in both windows', async () => {
  const [lin, mira] = await house.twoWindows()
  const [text = ''] = house.texts('Sent over HTTP in the name of Mira')
  await house.admin().sendText('mira', 'lin', text)
  await lin.sees(text)
  await mira.sees(text)
})

browserTest('a message is recalled from its menu, and both see that', async () => {
  const [lin, mira] = await house.twoWindows()
  const [text = ''] = house.texts('These are the wrong words')
  await lin.write(text)
  await mira.sees(text)
  await lin
    .message(text)
    .getByRole('img', { name: /Sent|Read/ })
    .waitFor()
  await lin.message(text).click({ button: 'right' })
  await lin.page.getByRole('menuitem', { name: 'Recall' }).click()
  await lin.sees('You recalled a message.')
  await mira.sees('Lin recalled a message.')
  expect(await mira.message(text).count()).toBe(0)
})

browserTest('markup and SQL in a message are shown as they were typed', async () => {
  const [lin, mira] = await house.twoWindows()
  const [markup = '', sql = ''] = house.texts(
    `<img src=x onerror="document.title='broken'"><b>&amp;</b>`,
    `Robert'); DROP TABLE message; --`,
  )
  await lin.write(markup)
  await lin.write(sql)
  await mira.sees(markup)
  await mira.sees(sql)
  expect(await mira.page.locator('#messages :is(b, img[src])').count()).toBe(0)
  expect(await mira.page.title()).not.toContain('broken')
})

browserTest('a reload keeps the login, the history and what is unread', async () => {
  const [lin, mira] = await house.twoWindows()
  // A window that was closed at once may not have reported what it had read.
  await mira.entry('Lin').getByLabel('unread').waitFor({ state: 'detached' })
  await mira.page.goBack()
  await mira.page.getByText('Choose a conversation').waitFor()
  const [first = '', second = ''] = house.texts('unread one', 'unread two')
  await lin.write(first)
  await lin.write(second)
  await mira.entry('Lin').getByLabel('2 unread').waitFor()
  expect(await mira.page.title()).toBe('(2) Rookery chat')
  await mira.page.reload()
  await mira.entry('Lin').getByLabel('2 unread').waitFor()
  await mira.openConversation('Lin')
  await mira.sees(first)
  await mira.sees(second)
  await mira.entry('Lin').getByLabel('2 unread').waitFor({ state: 'detached' })
  await lin.message(second).getByRole('img', { name: 'Read' }).waitFor()
  await lin.page.reload()
  await lin.sees(second)
  await lin.message(second).getByRole('img', { name: 'Read' }).waitFor()
})
