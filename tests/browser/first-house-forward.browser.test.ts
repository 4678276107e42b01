import { expect } from 'bun:test'
import { browserTest, exampleHouse } from './example-house.ts'

const house = exampleHouse()

browserTest('a message is forwarded to a third person as it is', async () => {
  const [lin] = await house.twoWindows()
  const other = await house.openPage()
  await other.page.getByLabel('User name').fill('ana')
  await other.page.getByLabel('Password').fill('correct horse')
  await other.page.getByRole('button', { name: 'Create an account' }).click()
  await other.page.getByText('Connected', { exact: true }).waitFor()
  const [text = ''] = house.texts('Pass it on')
  await lin.write(text)
  await lin
    .message(text)
    .getByRole('img', { name: /Sent|Read/ })
    .waitFor()
  // The page learns of new users with its next login.
  await lin.page.reload()
  await lin.message(text).click({ button: 'right' })
  await lin.page.getByRole('menuitem', { name: 'Forward…' }).click()
  const dialog = lin.page.getByRole('dialog', { name: 'Forward a message' })
  await dialog.getByLabel('To').selectOption('ana')
  await dialog.getByRole('button', { name: 'Forward' }).click()
  await lin.page.getByRole('alert').getByText('Forwarded to ana.').waitFor()
  await other.openConversation('Lin')
  await other.sees(text)
})

browserTest('selected messages go as one, which unfolds to all of them, also inside another', async () => {
  const [lin, mira] = await house.twoWindows()
  const [question = '', answer = ''] = house.texts('Are the eggs warm?', 'They are warm')
  await lin.write(question)
  await mira.sees(question)
  await mira.write(answer)
  await lin.sees(answer)
  for (const round of [1, 2]) {
    await lin.message(question).first().click({ button: 'right' })
    await lin.page.getByRole('menuitem', { name: 'Select' }).click()
    const bar = lin.page.getByRole('toolbar', { name: 'Selected messages' })
    await bar.getByText('1 selected').waitFor()
    const second = round === 1 ? lin.message(answer) : lin.page.getByRole('log').getByRole('listitem').last()
    await second.getByRole('checkbox', { name: 'Select the message' }).check()
    await bar.getByRole('button', { name: 'Forward as one…' }).click()
    const dialog = lin.page.getByRole('dialog', { name: 'Forward 2 messages as one' })
    await dialog.getByLabel('To').selectOption('mira')
    await dialog.getByRole('button', { name: 'Forward' }).click()
    await bar.waitFor({ state: 'hidden' })
    const merged = mira.page.getByRole('group').filter({ hasText: 'Chat of' })
    if (round === 1) {
      await merged.getByText(`Mira: ${answer}`).waitFor()
      await merged.getByText('Chat of Lin and Mira').click()
      await merged.getByText(answer, { exact: true }).waitFor()
    } else {
      const outer = mira.page.getByRole('log').getByRole('listitem').last()
      await outer.getByText('Chat of Lin', { exact: true }).click()
      await outer.getByText('Chat of Lin and Mira', { exact: true }).click()
      await outer.getByText(answer, { exact: true }).waitFor()
    }
  }
  await lin.entry('Mira').getByText('You: [Merged messages] Chat of Lin').waitFor()
})

browserTest(
  'the search leaves and marks what matches, and Enter shows the chosen hit among the others',
  async () => {
    const [lin] = await house.twoWindows()
    const [one = '', two = ''] = house.texts('A Magpie at the door', 'The magpie left')
    for (const text of [one, 'nothing to see', two]) await lin.write(text)
    await lin
      .message(two)
      .getByRole('img', { name: /Sent|Read/ })
      .waitFor()
    await lin.page.getByRole('button', { name: 'Search' }).click()
    const { keyboard } = lin.page
    await keyboard.type('magpie')
    await lin.page.getByRole('status').getByText('2 found').waitFor()
    expect(await lin.message('nothing to see').count()).toBe(0)
    const marked = () =>
      lin.page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map(it => it.toString()))
    expect(await marked()).toEqual(['Magpie', 'magpie'])
    expect(await lin.page.locator('[data-found]').textContent()).toContain(two)
    await keyboard.press('ArrowUp')
    expect(await lin.page.locator('[data-found]').textContent()).toContain(one)
    await keyboard.press('Enter')
    await lin.sees('nothing to see')
    expect(await lin.message(one).isVisible()).toBe(true)
    expect(await marked()).toEqual([])
  },
)
