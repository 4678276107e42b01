import { expect } from 'bun:test'
import type { ChatPage } from './chat-page.ts'
import { browserTest, exampleHouse } from './example-house.ts'

const TEST_MS = 120_000
const SERVICE = 'group_open_http_svc'

const house = exampleHouse()

async function createGroup(page: ChatPage, name: string, type: string, groupID: string): Promise<void> {
  await page.page.getByRole('button', { name: 'New group…' }).click()
  await page.page.getByLabel('Type').selectOption(type)
  await page.answer('New group', { Name: name, GroupID: groupID }, 'Create')
  // Exactly: until the group is open its GroupID stands there.
  await page.page.getByRole('heading', { name, level: 2, exact: true }).first().waitFor()
}

async function join(page: ChatPage, groupID: string, word = ''): Promise<void> {
  await page.page.getByRole('button', { name: 'Join a group…' }).click()
  await page.answer('Join a group', { GroupID: groupID, 'A word to its admins': word }, 'Join')
}

async function invite(page: ChatPage, name: string): Promise<void> {
  await (await page.groupPane()).getByRole('button', { name: 'Invite…' }).click()
  await page.page.getByRole('dialog', { name: 'Invite to the group' }).getByLabel(name).check()
  await page.answer('Invite to the group', {}, 'Invite')
}

const isOutside = ({ page }: ChatPage) =>
  page.locator('#group-state').getByText('You are not in this group.').waitFor()

/** Nothing is said about why one could not write. */
const mayWrite = ({ page }: ChatPage) => page.locator('#group-state').waitFor({ state: 'hidden' })

/** Native questions of the page are answered with yes. */
const agreeing = ({ page }: ChatPage) => page.on('dialog', dialog => dialog.accept())

browserTest(
  'a public group lives its whole life in two windows and over REST',
  async () => {
    const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
    const admin = house.admin()
    for (const page of [lin, mira]) agreeing(page)
    await createGroup(lin, 'Rooks', 'Public', 'rooks')

    // Refused once, then approved.
    await join(mira, 'rooks', 'It is me')
    await mira.isTold('Your request was sent. An admin of the group has to approve it.')
    await lin.isTold('Mira asks to join Rooks: It is me')
    await lin.page.getByRole('button', { name: 'Refuse' }).click()
    await mira.isTold('Your request to join Rooks was refused.')
    await join(mira, 'rooks')
    await lin.isTold('Mira asks to join Rooks')
    await lin.page.getByRole('button', { name: 'Approve' }).click()
    await mira.isTold('Your request was approved: you are in Rooks.')
    await lin.page.getByRole('heading', { name: 'Requests' }).waitFor({ state: 'hidden' })
    await lin.hasRole('Mira', 'Member')

    // Chat, a mention before Mira looks, and receipts.
    await lin.page.getByRole('button', { name: 'Mention somebody' }).click()
    await lin.page.getByRole('menuitem', { name: '@Mira' }).click()
    await lin.page.keyboard.type('are you there?')
    await lin.page.keyboard.press('Enter')
    await mira.entry('Rooks').getByText('[@] Lin: @Mira are you there?').waitFor()
    await mira.openConversation('Rooks')
    await mira.sees('@Mira are you there?')
    const called = mira.message('@Mira are you there?')
    expect(await called.getAttribute('class')).toContain('mention')
    await called.getByText('Lin', { exact: true }).waitFor()
    const mine = lin.message('@Mira are you there?')
    await mine.getByRole('img', { name: 'Read by everybody' }).waitFor()
    await mine.click({ button: 'right' })
    await lin.page.getByRole('menuitem', { name: 'Who has read it' }).click()
    await lin.isTold('Read by mira. Not yet by nobody.')
    await mira.write('I am')
    await lin.sees('I am')

    // Mira recalls her own, Lin what Mira wrote.
    for (const [page, text] of [
      [mira, 'a slip'],
      [lin, 'a rude word'],
    ] as const) {
      await mira.write(text)
      await lin.sees(text)
      await mira.isSent(text)
      await page.recall(text)
    }
    await lin.sees('Mira recalled a message.')
    await mira.sees('You recalled a message.')
    for (const page of [lin, mira]) {
      await page.sees('This message was recalled.')
      for (const text of ['a slip', 'a rude word']) expect(await page.message(text).count()).toBe(0)
    }

    // The app's back end writes to the group, and reads it.
    await admin.call(`${SERVICE}/send_group_msg`, {
      GroupId: 'rooks',
      From_Account: 'lin',
      Random: 1,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'From the back end' } }],
    })
    for (const page of [lin, mira]) await page.sees('From the back end')
    const { RspMsgList } = await admin.call<{
      RspMsgList: readonly { MsgBody: readonly { MsgContent: { Text?: string } }[] }[]
    }>(`${SERVICE}/group_msg_get_simple`, { GroupId: 'rooks', ReqMsgNumber: 20 })
    const texts = RspMsgList.map(it => it.MsgBody[0]?.MsgContent.Text)
    expect(texts.filter(it => it !== undefined)).toEqual([
      'From the back end',
      'I am',
      '@Mira are you there?',
    ])

    // Mutes: of Mira, then of everybody but the staff.
    await lin.doWithMember('Mira', 'Mute for ten minutes')
    await mira.isTold('Lin muted Mira')
    await mira.write('mhm')
    await mira.message('mhm').getByRole('img', { name: 'Not sent' }).waitFor()
    // The menu is made for what the list says.
    await lin.hasRole('Mira', 'Member, muted')
    await lin.doWithMember('Mira', 'Let speak again')
    await mira.isTold('Lin let Mira speak again')
    await mira.message('mhm').getByRole('button', { name: 'Send again' }).click()
    await lin.sees('mhm')
    const onlyStaff = (await lin.groupPane()).getByLabel('Only the owner and admins may write')
    await onlyStaff.check()
    await mira.isTold('Only the owner and admins may write now.')
    await mira.write('not now')
    await mira.message('not now').getByRole('img', { name: 'Not sent' }).waitFor()
    await lin.doWithMember('Mira', 'Make an admin')
    await mira.isTold('Lin made Mira an admin')
    await mira.message('not now').getByRole('button', { name: 'Send again' }).click()
    await lin.sees('not now')
    await onlyStaff.uncheck()
    await mayWrite(mira)

    // Removed, and brought in again.
    await lin.doWithMember('Mira', 'Remove from the group')
    await mira.isTold('Lin removed you from Rooks.')
    await isOutside(mira)
    await (await lin.member('Mira')).waitFor({ state: 'detached' })
    await lin.write('without Mira')
    await lin.message('without Mira').getByRole('img', { name: 'Sent' }).waitFor()
    await invite(lin, 'Mira')
    for (const page of [lin, mira]) await page.isTold('Mira joined, by Lin')
    await mayWrite(mira)
    await lin.write('with Mira')
    await mira.sees('with Mira')
    expect(await mira.message('without Mira').count()).toBe(0)

    // Lin renames it, hands it over, leaves and comes back; Mira dismisses it.
    await (await lin.groupPane()).getByRole('button', { name: 'Edit…' }).click()
    await lin.answer('Edit the group', { Name: 'Old rooks', Announcement: 'Nest at eight' }, 'Save')
    await mira.page.getByRole('heading', { name: 'Old rooks' }).first().waitFor()
    await lin.doWithMember('Mira', 'Hand the group over')
    for (const page of [lin, mira]) {
      await page.isTold('The group belongs to Mira now')
      await page.hasRole('Mira', 'Owner')
      await page.hasRole('Lin', 'Member')
    }
    await (await lin.groupPane()).getByRole('button', { name: 'Quit' }).click()
    await lin.page.getByText('Choose a conversation').waitFor()
    await mira.isTold('Lin left')
    await (await mira.member('Lin')).waitFor({ state: 'detached' })
    await invite(mira, 'Lin')
    await lin.isTold('Mira added you to Old rooks.')
    await lin.openConversation('Old rooks')
    await mayWrite(lin)
    await (await mira.groupPane()).getByRole('button', { name: 'Dismiss' }).click()
    await mira.page.getByText('Choose a conversation').waitFor()
    await lin.isTold('Mira dismissed Old rooks.')
    await isOutside(lin)
    await expect(
      admin.call(`${SERVICE}/send_group_msg`, { GroupId: 'rooks', Random: 2, MsgBody: [] }),
    ).rejects.toThrow('10010')
  },
  TEST_MS,
)

browserTest(
  'a work group begins with its members, and a reload shows it as it was',
  async () => {
    const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
    await lin.page.getByRole('button', { name: 'New group…' }).click()
    const dialog = lin.page.getByRole('dialog', { name: 'New group' })
    await dialog.getByLabel('Type').selectOption('Private')
    await dialog.getByLabel('Mira').check()
    await lin.answer('New group', { Name: 'Nest' }, 'Create')
    await lin.page.locator('#peer').getByText('Nest').waitFor()
    await lin.write('Twigs, please')
    await mira.openConversation('Nest')
    await mira.sees('Twigs, please')
    await lin.message('Twigs, please').getByRole('img', { name: 'Read by everybody' }).waitFor()
    await lin.page.reload()
    await lin.message('Twigs, please').getByRole('img', { name: 'Read by everybody' }).waitFor()
    await lin.page.locator('#peer-status').getByText('2 members').waitFor()
    expect(await (await lin.groupPane()).getByRole('button', { name: 'Dismiss' }).isVisible()).toBe(false)
  },
  TEST_MS,
)

browserTest(
  'who comes late to a meeting sees what was said before, and counts nothing as unread',
  async () => {
    const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
    await createGroup(lin, 'Council', 'ChatRoom', 'council')
    for (const text of ['We begin at nine', 'Nine it is']) {
      await lin.write(text)
      await lin.isSent(text)
    }
    await join(mira, 'council')
    for (const text of ['We begin at nine', 'Nine it is']) await mira.sees(text)
    await mira.write('Sorry, the wind')
    await lin.sees('Sorry, the wind')
    await mira.openConversation('Lin')
    await lin.write('No harm done')
    await mira.entry('Council').getByText('Lin: No harm done').waitFor()
    expect(await mira.entry('Council').getByLabel('unread').count()).toBe(0)
  },
  TEST_MS,
)

browserTest(
  'a community is open to all, and what was said before one came stays unseen',
  async () => {
    const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
    await createGroup(lin, 'Colony', 'Community', '@TGS#_colony')
    await lin.write('Before Mira')
    await lin.isSent('Before Mira')
    await join(mira, '@TGS#_colony')
    await lin.isTold('Mira joined')
    await lin.hasRole('Mira', 'Member')
    await mira.page.getByRole('heading', { name: 'Colony', level: 2, exact: true }).first().waitFor()
    await lin.write('@all a worm!')
    await mira.sees('@all a worm!')
    expect(await mira.message('@all a worm!').getAttribute('class')).toContain('mention')
    expect(await mira.message('Before Mira').count()).toBe(0)
  },
  TEST_MS,
)

browserTest(
  'a large room is entered by everybody who opens it',
  async () => {
    const [lin, mira] = await Promise.all([house.openWindow('lin'), house.openWindow('mira')])
    await createGroup(lin, 'Flight', 'AVChatRoom', 'flight')
    // Its name stands there only once one is inside; before, it is the GroupID.
    const isInside = () => mira.page.locator('#peer').getByText('Flight', { exact: true }).waitFor()
    await join(mira, 'flight')
    await isInside()
    await mira.write('They are up')
    await lin.sees('They are up')
    await lin.write('All of them')
    await mira.sees('All of them')
    await mira.page.reload()
    await isInside()
    await lin.write('And down again')
    await mira.sees('And down again')
    expect(await mira.message('All of them').count()).toBe(0)
  },
  TEST_MS,
)
