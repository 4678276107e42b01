import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { ChatClient } from './client/chat-client.ts'
import type { CreateOptions } from './client/client-life.ts'
import { systemClock } from './clock.ts'
import { EVENT } from './constants/event.ts'
import type { ChatEvent } from './emitter.ts'
import type { Message } from './messages/message.ts'
import type { Link, LinkHandlers, Transport } from './transport/transport.ts'
import { webSocketTransport } from './transport/web-socket-transport.ts'

const PATIENCE_MS = 10_000

/** The real transport, whose sockets a test can cut as a lost network does. */
class CuttableTransport implements Transport {
  /** Answers of `session/hello`: 1 when the server has more than the client told. */
  readonly lags: number[] = []
  readonly #open = new Set<{ readonly link: Link; readonly lose: () => void }>()

  open(url: string, handlers: LinkHandlers): Link {
    const link = webSocketTransport.open(url, {
      ...handlers,
      onFrame: text => {
        const { body } = JSON.parse(text) as { readonly body?: { readonly Lag?: number } }
        if (body?.Lag !== undefined) this.lags.push(body.Lag)
        handlers.onFrame(text)
      },
    })
    this.#open.add({
      link,
      lose: () => {
        link.close()
        handlers.onClose(1006, '')
      },
    })
    return link
  }

  cut(): void {
    for (const { lose } of this.#open) lose()
    this.#open.clear()
  }
}

class Device {
  readonly chat: ChatClient
  readonly transport = new CuttableTransport()
  readonly events: ChatEvent[] = []

  constructor(server: TestServer, options: Partial<CreateOptions> = {}) {
    const all = { SDKAppID: TEST_APP, proxyServer: server.url, ...options }
    this.chat = new ChatClient(all, { transport: this.transport, clock: systemClock }, () => undefined)
    for (const name of Object.values(EVENT)) {
      this.chat.on(name, event => this.events.push({ ...event, data: structuredClone(event.data) }))
    }
  }

  get received(): readonly (string | undefined)[] {
    return this.events
      .filter(event => event.name === EVENT.MESSAGE_RECEIVED)
      .flatMap(event => (event.data as readonly Message[]).map(message => message.payload.text))
  }

  text(to: string, text: string, more: object = {}): Message {
    return this.chat.createTextMessage({ to, conversationType: 'C2C', payload: { text }, ...more })
  }

  async until(holds: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`did not come true: ${holds}; saw ${this.events.map(it => it.name)}`)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
}

describe('against the real server', () => {
  let server: TestServer
  const devices: Device[] = []

  const login = async (userID: string, options: Partial<CreateOptions> = {}): Promise<Device> => {
    const device = new Device(server, options)
    devices.push(device)
    await device.chat.login({ userID, userSig: server.userSig(userID) })
    await device.until(() => device.chat.isReady())
    await device.until(() => device.events.some(event => event.isSyncCompleted === true))
    return device
  }

  beforeAll(async () => {
    server = await startTestServer({
      users: ['ana', 'bo', 'cy', 'di', 'eve', 'fay', 'gus', 'hal', 'ivy', 'jo'],
    })
  })

  afterAll(async () => {
    await Promise.all(devices.map(device => device.chat.destroy()))
    await server.stop()
  })

  test('a message arrives with the same ID, and both sides see it in their lists and history', async () => {
    const [ana, bo] = [await login('ana'), await login('bo')]
    const message = ana.text('bo', 'hello', { cloudCustomData: 'c' })
    const { data } = await ana.chat.sendMessage(message)
    expect(data.message).toBe(message)
    expect(message).toMatchObject({ status: 'success', sequence: 1 })
    await bo.until(() => bo.received.length === 1)
    const received = bo.chat.findMessage(message.ID)
    expect(received).toMatchObject({
      flow: 'in',
      from: 'ana',
      conversationID: 'C2Cana',
      cloudCustomData: 'c',
    })
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(1)
    const list = (await bo.chat.getConversationList()).data.conversationList
    expect(list.map(it => [it.conversationID, it.lastMessage.messageForShow])).toEqual([['C2Cana', 'hello']])
    const history = (await bo.chat.getMessageList({ conversationID: 'C2Cana' })).data
    expect(history.isCompleted).toBe(true)
    expect(history.messageList[0]).toBe(received!)
    await bo.chat.setMessageRead({ conversationID: 'C2Cana' })
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
    await ana.until(() => message.isPeerRead)
    expect(ana.received).toEqual([])
  })

  test('a bad UserSig is refused with the server’s code', async () => {
    const device = new Device(server)
    const refused = device.chat.login({ userID: 'ana', userSig: server.userSig('bo') })
    expect(await refused.catch(error => error.code)).toBe(70013)
    const expired = device.chat.login({
      userID: 'ana',
      userSig: server.userSig('ana', { expire: 60, now: 1_000_000 }),
    })
    expect(await expired.catch(error => error.code)).toBe(70001)
  })

  test('what was missed while away comes once and in order, and sends in between are stored once', async () => {
    const [cy, di] = [await login('cy'), await login('di')]
    await cy.chat.sendMessage(cy.text('di', '0'))
    await di.until(() => di.received.length === 1)
    const sends: Promise<unknown>[] = []
    for (let i = 1; i <= 120; i += 1) {
      sends.push(cy.chat.sendMessage(cy.text('di', `${i}`)))
      if (i % 20 === 0) di.transport.cut()
      if (i % 30 === 0) cy.transport.cut()
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    await Promise.all(sends)
    await di.until(() => di.received.length >= 121)
    expect(di.received).toEqual(Array.from({ length: 121 }, (_, i) => `${i}`))
    expect(di.chat.getTotalUnreadMessageCount()).toBe(121)
    const fresh = await login('di', { platform: 'Mac' })
    expect(fresh.chat.getTotalUnreadMessageCount()).toBe(121)
    expect(fresh.received).toEqual([])
  }, 60_000)

  test('recalls, edits, receipts and key-values reach the other side', async () => {
    const [eve, fay] = [await login('eve'), await login('fay')]
    const more = { needReadReceipt: true, isSupportExtension: true }
    const { data } = await eve.chat.sendMessage(eve.text('fay', 'first', more))
    const sent = data.message
    await fay.until(() => fay.received.length === 1)
    const received = fay.chat.findMessage(sent.ID)
    if (!received) throw new Error('not received')

    sent.payload = { text: 'edited' }
    await eve.chat.modifyMessage(sent)
    await fay.until(() => received.isModified)
    expect(received.payload).toEqual({ text: 'edited' })
    expect(eve.events.filter(event => event.name === EVENT.MESSAGE_MODIFIED)).toHaveLength(1)

    await fay.chat.sendMessageReadReceipt([received])
    await eve.until(() => sent.readReceiptInfo.isPeerRead)

    expect((await eve.chat.setMessageExtensions(sent, [{ key: 'k', value: 'v' }])).data.extensions).toEqual([
      { code: 0, key: 'k', value: 'v' },
    ])
    expect((await fay.chat.getMessageExtensions(received)).data.extensions).toEqual([
      { key: 'k', value: 'v' },
    ])

    await eve.chat.revokeMessage(sent)
    await fay.until(() => received.isRevoked)
    expect(fay.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(eve.events.filter(event => event.name === EVENT.MESSAGE_REVOKED)).toHaveLength(1)
    const again = await eve.chat.revokeMessage(sent)
    expect(again.code).toBe(0)
  })

  test('pins, marks, custom data, groups, remind type, deletion reach the user’s other device', async () => {
    const gus = await login('gus')
    const phone = await login('gus', { platform: 'Android' })
    const hal = await login('hal')
    await hal.chat.sendMessage(hal.text('gus', 'one'))
    await hal.chat.sendMessage(hal.text('gus', 'two'))
    await gus.until(() => gus.received.length === 2)
    const conversationIDList = ['C2Chal']
    await gus.chat.pinConversation({ conversationID: 'C2Chal', isPinned: true })
    await gus.chat.markConversation({ conversationIDList, markType: 1, enableMark: true })
    await gus.chat.setConversationCustomData({ conversationIDList, customData: 'vip' })
    expect((await gus.chat.createConversationGroup({ groupName: 'work', conversationIDList })).data).toEqual({
      successConversationIDList: ['C2Chal'],
      failureConversationIDList: [],
    })
    await gus.chat.setMessageRemindType({ userIDList: ['hal'], messageRemindType: 'AcceptNotNotify' })
    const expected = {
      isPinned: true,
      markList: [1],
      customData: 'vip',
      conversationGroupList: ['work'],
      messageRemindType: 'AcceptNotNotify',
    }
    for (const device of [gus, phone]) {
      const [conversation] = (await device.chat.getConversationList()).data.conversationList
      await device.until(() => conversation?.messageRemindType === 'AcceptNotNotify')
      expect(conversation).toMatchObject(expected)
    }
    const last = gus.chat.findMessage(
      (await gus.chat.getMessageList({ conversationID: 'C2Chal' })).data.messageList.at(-1)?.ID ?? '',
    )
    if (!last) throw new Error('no message')
    await gus.chat.deleteMessage([last])
    const [conversation] = (await gus.chat.getConversationList()).data.conversationList
    expect(conversation?.lastMessage.messageForShow).toBe('one')
    await gus.chat.deleteConversation('C2Chal')
    await phone.until(() => phone.chat.getTotalUnreadMessageCount() === 0)
    expect((await gus.chat.getConversationList()).data.conversationList).toEqual([])
    expect((await gus.chat.getMessageList({ conversationID: 'C2Chal' })).data.messageList).toEqual([])
  })

  test('a kick by REST is told, and the session does not come back', async () => {
    const ivy = await login('ivy')
    await server.ok('im_open_login_svc/kick', { UserID: 'ivy' })
    await ivy.until(() => ivy.events.at(-1)?.name === EVENT.SDK_NOT_READY)
    expect(ivy.events.at(-2)).toMatchObject({ name: EVENT.KICKED_OUT, data: { type: 'REST_API_Kick' } })
    expect(ivy.chat.isReady()).toBe(false)
  })

  test('a message that REST sends in the user’s name comes as flow out, without unread', async () => {
    const jo = await login('jo')
    await server.ok('openim/sendmsg', {
      SyncOtherMachine: 1,
      From_Account: 'jo',
      To_Account: 'ana',
      MsgRandom: 7,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'from the server' } }],
    })
    await jo.until(() => jo.received.length === 1)
    const [conversation] = (await jo.chat.getConversationList()).data.conversationList
    expect(conversation).toMatchObject({ conversationID: 'C2Cana', unreadCount: 0 })
    expect(conversation?.lastMessage.fromAccount).toBe('jo')
  })

  test('after all kinds of traffic the client and the server agree about their numbers', async () => {
    await using eager = await startTestServer({ users: ['ana', 'bo'], settings: { 'session.webHello': 1 } })
    const open = async (userID: string): Promise<Device> => {
      const device = new Device(eager)
      devices.push(device)
      await device.chat.login({ userID, userSig: eager.userSig(userID) })
      await device.until(() => device.chat.isReady())
      return device
    }
    const [ana, tab, bo] = [await open('ana'), await open('ana'), await open('bo')]
    const { data } = await ana.chat.sendMessage(ana.text('bo', 'one', { isSupportExtension: true }))
    await bo.chat.sendMessage(bo.text('ana', 'two'))
    await ana.chat.setMessageExtensions(data.message, [{ key: 'k', value: 'v' }])
    await tab.chat.setMessageRead({ conversationID: 'C2Cbo' })
    await tab.chat.pinConversation({ conversationID: 'C2Cbo', isPinned: true })
    await ana.chat.revokeMessage(data.message)
    for (const device of [ana, tab, bo]) device.transport.lags.length = 0
    for (const device of [ana, tab, bo]) await device.until(() => device.transport.lags.length >= 2)
    expect([ana, tab, bo].map(device => device.transport.lags.at(-1))).toEqual([0, 0, 0])
    await Promise.all([ana, tab, bo].map(device => device.chat.destroy()))
  }, 20_000)

  test('runs on Node 20, which has no WebSocket of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-chat-'))
    try {
      symlinkSync(join(import.meta.dir, '../../../node_modules'), join(folder, 'node_modules'))
      const built = await Bun.build({
        entrypoints: [join(import.meta.dir, 'chat.ts')],
        target: 'node',
        outdir: folder,
      })
      expect(built.success).toBe(true)
      const script = `
        import TencentCloudChat from './chat.js'
        const chat = TencentCloudChat.create({ SDKAppID: ${TEST_APP}, proxyServer: '${server.url}' })
        chat.on(TencentCloudChat.EVENT.SDK_READY, async () => {
          const message = chat.createTextMessage({ to: 'bo', conversationType: 'C2C', payload: { text: 'from node' } })
          await chat.sendMessage(message)
          console.log(typeof globalThis.WebSocket, message.status)
          await chat.destroy()
        })
        await chat.login({ userID: 'jo', userSig: '${server.userSig('jo')}' })
      `
      writeFileSync(join(folder, 'main.mjs'), script)
      const node = Bun.spawn(['node', join(folder, 'main.mjs')], { stderr: 'inherit' })
      const text = await new Response(node.stdout).text()
      expect(await node.exited).toBe(0)
      expect(text.trim()).toEndWith('success')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 20_000)
})
