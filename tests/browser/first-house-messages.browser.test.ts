import { expect } from 'bun:test'
import type { Locator } from 'playwright-core'
import type { ChatPage } from './chat-page.ts'
import { browserTest, exampleHouse } from './example-house.ts'

const house = exampleHouse()

async function choose(page: ChatPage, text: string, item: string): Promise<void> {
  await page.message(text).click({ button: 'right' })
  await page.page.getByRole('menuitem', { name: item }).click()
}

async function attach(page: ChatPage, item: string): Promise<void> {
  await page.page.getByRole('button', { name: 'Send something else' }).click()
  await page.page.getByRole('menuitem', { name: item }).click()
}

const isSent = (message: Locator) => message.getByRole('img', { name: /Sent|Read/ }).waitFor()

browserTest(
  'an edit keeps its place and says "edited" to both; Arrow Up edits the last own text',
  async () => {
    const [lin, mira] = await house.twoWindows()
    const [first = '', better = '', best = ''] = house.texts('A mistke', 'A mistake', 'No mistake')
    await lin.write(first)
    await mira.sees(first)
    await isSent(lin.message(first))
    await choose(lin, first, 'Edit')
    await lin.write(better)
    for (const page of [lin, mira]) await page.message(better).getByText('edited', { exact: true }).waitFor()
    expect(await mira.message(first).count()).toBe(0)

    const field = lin.page.getByRole('textbox', { name: 'Message' })
    await field.press('ArrowUp')
    expect(await field.inputValue()).toBe(better)
    await field.press('Escape')
    expect(await field.inputValue()).toBe('')
    await field.press('ArrowUp')
    await lin.write(best)
    await mira.sees(best)
    await mira.page.reload()
    await mira.message(best).getByText('edited', { exact: true }).waitFor()
  },
)

browserTest('a receipt comes for what was on the screen, not for what lies beyond its edge', async () => {
  const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
  await lin.openConversation('Mira')
  const [above = '', tall = ''] = house.texts('Far above', `Tall${'\n.'.repeat(60)}`)
  await lin.write(above)
  await lin.write(tall)
  // Before the tall one is there, the other would be on the screen.
  await mira.entry('Lin').getByText('Tall').waitFor()
  await mira.openConversation('Lin')
  const last = lin.page.getByRole('log').getByRole('listitem').last()
  await last.getByRole('img', { name: 'Read at' }).waitFor()
  await lin.message(above).getByRole('img', { name: 'Read', exact: true }).waitFor()
  await mira.message(above).scrollIntoViewIfNeeded()
  await lin.message(above).getByRole('img', { name: 'Read at' }).waitFor()
  await lin.page.reload()
  await lin.message(above).getByRole('img', { name: 'Read at' }).waitFor()
})

browserTest('faces, locations and cards are sent from the keyboard and shown to the other', async () => {
  const [lin, mira] = await house.twoWindows()
  const { keyboard } = lin.page
  await attach(lin, 'Face')
  await keyboard.press('ArrowRight')
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await mira.sees('😇')

  const [place = '', title = ''] = house.texts('Under the elm', 'Nest building')
  await attach(lin, 'Location…')
  await keyboard.type(place)
  await keyboard.press('Tab')
  await keyboard.type('52.5')
  await keyboard.press('Tab')
  await keyboard.type('13.25')
  await keyboard.press('Enter')
  const map = mira.message(place).getByRole('link', { name: '52.5, 13.25' })
  expect(await map.getAttribute('href')).toContain('mlat=52.5&mlon=13.25')

  await attach(lin, 'Card…')
  await keyboard.press('Escape')
  await attach(lin, 'Card…')
  await keyboard.type(title)
  await lin.page.getByLabel('Link').fill('https://example.org/nest')
  await keyboard.press('Enter')
  await mira.message(title).getByRole('link', { name: 'https://example.org/nest' }).waitFor()
  await mira.entry('Lin').getByText(title).waitFor()
})

browserTest(
  'pictures, sound, video and files of an app server are shown; addresses of other schemes are no links',
  async () => {
    const [lin, mira] = await house.twoWindows()
    const own = `${house.rookery.url}/example`
    const image = (URL: string) => ({
      UUID: 'a',
      ImageFormat: 255,
      ImageInfoArray: [1, 2, 3].map(Type => ({ Type, Size: 1, Width: 64, Height: 64, URL })),
    })
    const send = (MsgType: string, MsgContent: object) =>
      house.admin().call('openim/sendmsg', {
        From_Account: 'mira',
        To_Account: 'lin',
        SyncOtherMachine: 1,
        MsgRandom: Math.floor(Math.random() * 4294967296),
        MsgBody: [{ MsgType, MsgContent }],
      })
    await send('TIMImageElem', image(`${own}/icon.svg`))
    await send('TIMImageElem', image('https://example.org/tracker.png'))
    await send('TIMSoundElem', { UUID: 'b', Url: `${own}/b.mp3`, Size: 1, Second: 7, Download_Flag: 2 })
    await send('TIMVideoFileElem', {
      VideoUUID: 'c',
      VideoUrl: `${own}/c.mp4`,
      VideoSize: 1,
      VideoSecond: 9,
      VideoFormat: 'mp4',
      VideoDownloadFlag: 2,
      ThumbUrl: 'https://example.org/c.jpg',
      ThumbUUID: 'd',
      ThumbSize: 1,
      ThumbWidth: 1,
      ThumbHeight: 1,
      ThumbFormat: 'JPG',
      ThumbDownloadFlag: 2,
    })
    const file = { UUID: 'e', FileSize: 1_500_000, Download_Flag: 2 }
    await send('TIMFileElem', { ...file, FileName: 'good.pdf', Url: 'https://example.org/good.pdf' })
    await send('TIMFileElem', { ...file, FileName: 'bad.pdf', Url: 'javascript:document.title="broken"' })
    await send('TIMCustomElem', { Data: 'something else', Desc: 'of another app', Ext: '' })
    const log = lin.page.getByRole('log')
    await log.getByText('[Custom message] of another app').waitFor()
    await log.getByText('bad.pdf, 1.5 MB').waitFor()
    expect(await log.getByRole('link', { name: 'bad.pdf' }).count()).toBe(0)
    expect(await log.getByRole('link', { name: 'good.pdf' }).getAttribute('rel')).toBe('noopener noreferrer')
    await log.getByLabel('Sound, 7 s').waitFor()
    await log.getByLabel('Video, 9 s').waitFor()
    // The picture that is not loaded goes; its link stays.
    await log.getByRole('img', { name: 'Image' }).nth(1).waitFor({ state: 'detached' })
    await log.getByRole('img', { name: 'Image' }).evaluate((it: HTMLImageElement) => it.decode())
    expect(await log.getByRole('link', { name: 'Image' }).count()).toBe(2)
    await mira.entry('Lin').getByText('You: [Custom message] of another app').waitFor()
    // What the content policy refuses is not loaded: nobody learns who looked at the message.
    for (const page of [lin, mira]) {
      await page.complained()
      expect(page.complaints.splice(0)).toEqual([expect.stringContaining('tracker.png')])
    }
  },
)
