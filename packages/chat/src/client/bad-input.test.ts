import { describe, expect, test } from 'bun:test'
import { ChatError } from '../chat-error.ts'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { Message } from '../messages/message.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { FakeProfile } from '../testing/fake-tabs.ts'
import { TestClient, World } from '../testing/test-client.ts'

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

const INTERNAL = ['constructor', 'adopt', 'session', 'author', 'ready']
const ENDING = ['login', 'logout', 'destroy']

function methodsOf(chat: object): readonly string[] {
  const names = new Set<string>()
  for (let at = Object.getPrototypeOf(chat); at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  return [...names].filter(name => !INTERNAL.includes(name) && !ENDING.includes(name))
}

const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  '',
  'C2C',
  'GROUPx',
  '@TIM#SYSTEM',
  [],
  [null],
  [{}],
  {},
  { conversationID: 5, conversationIDList: 'x', userIDList: {}, messageList: 1, groupName: null },
  { ID: 'x' },
  { ID: 'x', conversationID: 'C2Cbo', conversationType: 'C2C', type: 'TIMTextElem', payload: null },
  { to: null, conversationType: null, payload: null },
  { to: 'bo', conversationType: 'C2C', payload: { file: {}, messageList: [null], text: 5 } },
]

/** Every failure is one that an app can read: never a TypeError out of the SDK. */
async function survives(world: World, chat: object, name: string, args: readonly unknown[]): Promise<void> {
  let outcome: unknown
  try {
    outcome = (chat as Methods)[name]?.(...args)
    if (outcome instanceof Promise) await world.done(outcome)
  } catch (cause) {
    const told = `${name}(${JSON.stringify(args)}): ${cause instanceof Error ? cause.stack : cause}`
    if (!(cause instanceof ChatError)) throw new Error(told)
    expect([told, typeof cause.code, cause.message.length > 0]).toEqual([told, 'number', true])
    if (cause.code === 2903) throw new Error(`an internal error: ${told}`)
  }
}

describe('bad input', () => {
  test('whatever any method gets, before and after the login, its failure has a code and a text', async () => {
    const world = new World()
    const early = new TestClient(world, 'ana')
    const ana = await world.client('ana')
    for (const { chat } of [early, ana])
      for (const name of methodsOf(chat))
        for (const first of GARBAGE)
          for (const second of [undefined, null, 'x', [{}]])
            await survives(world, chat, name, [first, second])
    expect(ana.chat.isReady()).toBe(true)
    const message = ana.text('bo', 'still works')
    await world.done(ana.chat.sendMessage(message))
    expect(message.status).toBe('success')
  }, 60_000)

  test('a login with nonsense says what is missing', async () => {
    const world = new World()
    const { chat } = new TestClient(world, 'ana')
    for (const [options, code] of [
      [undefined, 2002],
      [null, 2002],
      [{ userID: 5 }, 2002],
      [{ userID: 'ana' }, 2003],
      [{ userID: 'ana', userSig: '' }, 2003],
    ] as const)
      expect(await world.failure(chat.login(options as never))).toMatchObject({ code })
    const nowhere = new TestClient(world, 'ana', { proxyServer: 'no address' })
    expect(await world.failure(nowhere.chat.login({ userID: 'ana', userSig: 'good' }))).toMatchObject({
      code: 2800,
    })
  })

  test('methods take JSON copies of messages and tell the object in memory', async () => {
    const world = new World()
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    const copy = (message: Message): Message => JSON.parse(JSON.stringify(message)) as Message
    const sent = (
      await world.done(ana.chat.sendMessage(copy(ana.text('bo', 'a', { isSupportExtension: true }))))
    ).data.message
    expect(sent.status).toBe('success')
    await world.clock.pass(50)
    const edited = { ...copy(sent), payload: { text: 'b' } }
    const modified = (await world.done(ana.chat.modifyMessage(edited))).data.message
    expect(modified.payload.text).toBe('b')
    expect(ana.chat.findMessage(sent.ID)).toBe(modified)
    await world.done(ana.chat.setMessageExtensions(copy(sent), [{ extensionKey: 'k', extensionValue: 'v' }]))
    const revoked = (await world.done(ana.chat.revokeMessage(copy(modified)))).data.message
    expect(revoked).toBe(modified)
    await world.clock.pass(50)
    expect(bo.last(EVENT.MESSAGE_REVOKED)).toMatchObject([{ ID: sent.ID, isRevoked: true }])
    await world.done(ana.chat.revokeMessage(copy(modified)))
    await world.done(ana.chat.deleteMessage([copy(modified)]))
    expect(modified.isDeleted).toBe(true)
  })

  test('calls twice and out of order do no harm', async () => {
    const world = new World()
    const ana = await world.client('ana')
    const message = ana.text('bo', 'once')
    const [one, two] = await world.done(
      Promise.all([ana.chat.sendMessage(message), ana.chat.sendMessage(message)]),
    )
    expect(one).toBe(two)
    expect(world.server.store.find('ana', 'bo')?.messages.length).toBe(1)
    await world.done(Promise.all([ana.chat.logout(), ana.chat.logout()]))
    expect(ana.named(EVENT.SDK_NOT_READY).length).toBe(1)
    await world.done(ana.chat.login({ userID: 'ana', userSig: 'good' }))
    await world.done(Promise.all([ana.chat.destroy(), ana.chat.destroy(), ana.chat.logout()]))
    expect(await world.failure(ana.chat.sendMessage(message))).toMatchObject({ code: 2024 })
  })
})

describe('a bad server', () => {
  const NOISE = [
    '',
    'not json',
    'null',
    '5',
    '[]',
    '{}',
    '{"id":"x"}',
    '{"id":1}',
    '{"id":1,"body":null}',
    '{"id":99999,"body":{}}',
    '{"ev":5}',
    '{"ev":"unknown","LogNo":"x"}',
    '{"ev":"message"}',
    '{"ev":"message","m":null}',
    '{"ev":"message","m":{"MsgBody":null}}',
    '{"ev":"change","kind":"recall"}',
    '{"ev":"extension"}',
    '{"ev":"conversation"}',
    '{"ev":"contactGroups","Groups":5}',
    '{"ev":"cover"}',
    '{"ev":"drain"}',
    '{"ev":"expiring"}',
    '{"ev":"online"}',
  ]

  test('that sends garbage between its frames is listened to all the same', async () => {
    const world = new World()
    const ana = await world.client('ana')
    for (const text of NOISE) {
      world.server.babble('ana', text)
      await world.clock.pass(20)
    }
    await world.clock.pass(60_000)
    world.server.send('bo', 'ana', 'sense')
    await world.clock.pass(1_000)
    expect(ana.received).toEqual(['sense'])
    expect(ana.chat.isReady()).toBe(true)
  })

  test('that answers with garbage makes calls fail with a code, not the client', async () => {
    const world = new World()
    const ana = await world.client('ana')
    const garbage = {
      MsgList: 'x',
      Items: 5,
      ResultItem: null,
      ExtensionList: {},
      MsgTime: 'x',
      ErrorList: [null],
    }
    world.server.intercept = (_, cmd) => (cmd.startsWith('session/') ? undefined : garbage)
    const { chat } = ana
    for (const call of [
      () => chat.getMessageList({ conversationID: 'C2Cbo' }),
      () => chat.getUserProfile({ userIDList: ['bo'] }),
      () => chat.getConversationProfile('C2Cbo'),
      () => chat.markConversation({ conversationIDList: ['C2Cbo'], markType: 1, enableMark: true }),
      () =>
        chat.setMessageRemindType({ userIDList: ['bo'], messageRemindType: TYPES.MSG_REMIND_ACPT_NOT_NOTE }),
      () => chat.createConversationGroup({ groupName: 'g', conversationIDList: ['C2Cbo'] }),
      () => chat.sendMessage(ana.text('bo', 'x')),
    ])
      await world.done<unknown>(call().catch((error: unknown) => expect(error).toBeInstanceOf(ChatError)))
    world.server.intercept = () => undefined
    world.server.send('bo', 'ana', 'sense')
    await world.clock.pass(60_000)
    expect(ana.received).toEqual(['sense'])
  })

  test('that answers too late: the call has failed with 2801, the answer is no surprise, and the message is known as sent', async () => {
    const world = new World()
    const ana = await world.client('ana')
    const message = ana.text('bo', 'slow')
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'unanswered' : undefined)
    expect(await world.failure(ana.chat.sendMessage(message))).toMatchObject({ code: 2801 })
    world.server.babble(
      'ana',
      '{"id":2,"body":{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"","Seq":1,"ConvId":1}}',
    )
    world.server.intercept = () => undefined
    await world.done(ana.chat.resendMessage(message))
    expect(world.server.store.find('ana', 'bo')?.messages.length).toBe(1)
  })

  test('whose UserSig check ends the session in the middle of a send: renewed, and the message is sent once', async () => {
    const world = new World()
    const ana = await world.client('ana', { getUserSig: () => 'good' })
    const message = ana.text('bo', 'in between')
    let refusals = 0
    world.server.intercept = (_, cmd) => {
      if (cmd === 'openim/sendmsg' && refusals++ === 0) {
        world.server.kick('ana', 'userSigExpired')
        return 'lost'
      }
      return undefined
    }
    await world.done(ana.chat.sendMessage(message))
    expect(message.status).toBe('success')
    expect(world.server.store.find('ana', 'bo')?.messages.length).toBe(1)
    expect(ana.named(EVENT.KICKED_OUT)).toEqual([])
    const alone = await world.client('cy')
    const late = alone.text('bo', 'too late')
    world.server.intercept = (user, cmd) => {
      if (user === 'cy' && cmd === 'openim/sendmsg') {
        world.server.kick('cy', 'userSigExpired')
        return 'lost'
      }
      return undefined
    }
    expect(await world.failure(alone.chat.sendMessage(late))).toMatchObject({
      code: 2999,
      data: { message: late },
    })
    expect(late.status).toBe('fail')
    expect(alone.last(EVENT.KICKED_OUT)).toEqual({ type: 'userSigExpired' })
  })

  test('that restarts with another store: the list is taken anew, in every tab', async () => {
    const world = new World()
    const profile = new FakeProfile(world.clock)
    const tabs = [
      await world.client('ana', {}, profile.open(world.server)),
      await world.client('ana', {}, profile.open(world.server)),
    ]
    world.server.send('bo', 'ana', 'before')
    await world.clock.pass(100)
    world.server.store.epoch = 'another'
    world.server.cut()
    await world.clock.pass(60_000)
    world.server.send('bo', 'ana', 'after')
    await world.clock.pass(1_000)
    for (const tab of tabs) expect(tab.received).toEqual(['before', 'after'])
    world.server.intercept = (_, cmd) => (cmd === 'session/login' ? new Refusal(70169) : undefined)
    world.server.cut()
    await world.clock.pass(5_000)
    expect(tabs.map(tab => tab.chat.isReady())).toEqual([true, true])
  })
})
