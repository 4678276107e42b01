import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { ChatClient } from '../client/chat-client.ts'
import { systemClock } from '../clock.ts'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { Conversation } from '../conversations/conversation.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Message } from '../messages/message.ts'
import { webSocketTransport } from '../transport/web-socket-transport.ts'

const PATIENCE_MS = 10_000
const GROUPS = 'group_open_http_svc'

/** A logged-in client of the real server, with what it was told. */
class Device {
  readonly chat: ChatClient
  readonly events: ChatEvent[] = []

  constructor(server: TestServer) {
    const runtime = { transport: webSocketTransport, clock: systemClock }
    this.chat = new ChatClient({ SDKAppID: TEST_APP, proxyServer: server.url }, runtime, () => undefined)
    for (const name of Object.values(EVENT))
      this.chat.on(name, event => this.events.push({ ...event, data: structuredClone(event.data) }))
  }

  told(name: string): readonly unknown[] {
    return this.events.filter(event => event.name === name).map(event => event.data)
  }

  get messages(): readonly Message[] {
    return this.told(EVENT.MESSAGE_RECEIVED).flatMap(data => data as readonly Message[])
  }

  notices(operation: number): readonly Message[] {
    return this.messages.filter(
      it => it.type === TYPES.MSG_GRP_SYS_NOTICE && it.payload.operationType === operation,
    )
  }

  async until<T>(find: () => T | undefined | false): Promise<T> {
    const end = Date.now() + PATIENCE_MS
    for (;;) {
      const found = find()
      if (found) return found
      if (Date.now() > end)
        throw new Error(`did not come true: ${find}; was told ${this.events.map(it => it.name)}`)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
}

describe('groups of the real server', () => {
  let server: TestServer
  let [ana, bo, cy] = [] as unknown as [Device, Device, Device]

  beforeAll(async () => {
    server = await startTestServer({ users: ['ana', 'bo', 'cy'] })
    ;[ana, bo, cy] = (await Promise.all(['ana', 'bo', 'cy'].map(login))) as [Device, Device, Device]
  })

  afterAll(async () => {
    await Promise.all([ana, bo, cy].map(device => device.chat.destroy()))
    await server.stop()
  })

  const login = async (userID: string): Promise<Device> => {
    const device = new Device(server)
    await device.chat.login({ userID, userSig: server.userSig(userID) })
    await device.until(() => device.chat.isReady())
    return device
  }

  const make = (groupID: string, more: object = {}) =>
    ana.chat.createGroup({
      groupID,
      name: groupID,
      type: TYPES.GRP_PUBLIC,
      memberList: [{ userID: 'bo' }],
      ...more,
    })

  const refusal = (promise: Promise<unknown>): Promise<number> =>
    promise.then(
      () => 0,
      cause => (cause as { readonly code: number }).code,
    )

  /** The list that the device was told last has it. */
  const shown = (device: Device, conversationID: string) =>
    device.until(() => {
      const lists = device.told(EVENT.CONVERSATION_LIST_UPDATED) as readonly (readonly Conversation[])[]
      return lists.at(-1)?.some(it => it.conversationID === conversationID)
    })

  test('one random number of a back end makes a message in each of its groups', async () => {
    for (const groupID of ['twin-1', 'twin-2']) await make(groupID)
    // Within one second, so that the IDs are equal: a pair that straddles two is sent again with another number.
    let pair: readonly Message[] = []
    for (let random = 1; pair.length < 2 || pair[0]?.clientTime !== pair[1]?.clientTime; random += 1) {
      for (const GroupId of ['twin-1', 'twin-2'])
        await server.ok(`${GROUPS}/send_group_msg`, {
          GroupId,
          From_Account: 'ana',
          Random: random,
          MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `${GroupId} ${random}` } }],
        })
      pair = await bo.until(() => {
        const found = bo.messages.filter(it => it.random === random && it.type === TYPES.MSG_TEXT)
        return found.length === 2 && found
      })
    }
    const [one, two] = pair as [Message, Message]
    expect(one.ID).toBe(two.ID)
    expect([one.conversationID, two.conversationID]).toEqual(['GROUPtwin-1', 'GROUPtwin-2'])
    for (const device of [ana, bo]) {
      for (const { conversationID, payload } of pair) {
        const { data } = await device.chat.getMessageList({ conversationID })
        expect(data.messageList.at(-1)).toMatchObject({ conversationID, payload })
      }
    }

    // What happens to one does not happen to the other, also when an app passes copies.
    await ana.chat.revokeMessage({ ...one, flow: 'out' })
    const revoked = await bo.until(
      () => bo.told(EVENT.MESSAGE_REVOKED).at(-1) as readonly Message[] | undefined,
    )
    expect(revoked.map(it => it.conversationID)).toEqual(['GROUPtwin-1'])
    const { data } = await bo.chat.getMessageList({ conversationID: 'GROUPtwin-2' })
    expect(data.messageList.at(-1)).toMatchObject({ ID: two.ID, isRevoked: false, payload: two.payload })
  })

  test('a group that nobody wrote to yet is in the lists of its members, a deleted one is not', async () => {
    // In meetings nobody is told who came: there is nothing to show but the group.
    await make('hall', { type: TYPES.GRP_MEETING })
    const listed = async ({ chat }: Device) =>
      (await chat.getConversationList(['GROUPhall'])).data.conversationList[0]
    for (const device of [ana, bo]) {
      await shown(device, 'GROUPhall')
      expect(await listed(device)).toMatchObject({
        subType: 'ChatRoom',
        unreadCount: 0,
        groupProfile: { name: 'hall' },
        lastMessage: { lastTime: 0, messageForShow: '' },
      })
    }
    await cy.chat.joinGroup({ groupID: 'hall' })
    await shown(cy, 'GROUPhall')
    await bo.chat.deleteConversation('GROUPhall')
    expect(await listed(bo)).toBeUndefined()
    await ana.chat.sendMessage(
      ana.chat.createTextMessage({
        to: 'hall',
        conversationType: TYPES.CONV_GROUP,
        payload: { text: 'Anybody?' },
      }),
    )
    await bo.until(() => bo.messages.some(it => it.payload.text === 'Anybody?'))
    expect(await listed(bo)).toMatchObject({ lastMessage: { messageForShow: 'Anybody?' } })
  })

  test('a Work group is in the list of who made it at once, in the others’ with its first message', async () => {
    const updates = ana.told(EVENT.CONVERSATION_LIST_UPDATED).length
    await make('works', { type: TYPES.GRP_WORK })
    const listed = async ({ chat }: Device) =>
      (await chat.getConversationList(['GROUPworks'])).data.conversationList
    expect(await listed(ana)).toMatchObject([
      { subType: 'Private', groupProfile: { name: 'works' }, lastMessage: { lastTime: 0 } },
    ])
    expect(ana.told(EVENT.CONVERSATION_LIST_UPDATED).length).toBeGreaterThan(updates)
    expect(await listed(bo)).toEqual([])
    const text = { to: 'works', conversationType: TYPES.CONV_GROUP, payload: { text: 'To work' } }
    await ana.chat.sendMessage(ana.chat.createTextMessage(text))
    await bo.until(() => bo.messages.some(it => it.payload.text === 'To work'))
    for (const device of [ana, bo]) {
      await shown(device, 'GROUPworks')
      expect(await listed(device)).toMatchObject([{ lastMessage: { messageForShow: 'To work' } }])
    }
  })

  test('one random number to many users makes a message in each conversation of the sender', async () => {
    await server.ok('openim/batchsendmsg', {
      SyncOtherMachine: 1,
      From_Account: 'ana',
      To_Account: ['bo', 'cy'],
      MsgRandom: 77,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'to both' } }],
    })
    const sent = await ana.until(() => {
      const found = ana.messages.filter(it => it.payload.text === 'to both')
      return found.length === 2 && found
    })
    expect(sent.map(it => it.conversationID).sort()).toEqual(['C2Cbo', 'C2Ccy'])
  })

  test('an application is listed while it waits, and answered with a copy of its public fields', async () => {
    await make('nest')
    await cy.chat.joinGroup({ groupID: 'nest', applyMessage: 'please' })
    const listed = async () => (await ana.chat.getGroupApplicationList()).data.applicationList
    const [application, ...others] = await listed()
    expect(others).toEqual([])
    expect(application).toMatchObject({
      applicant: 'cy',
      userID: '',
      groupID: 'nest',
      groupName: 'nest',
      applicationType: 0,
      note: 'please',
      authentication: 0,
    })
    // Kits copy what they show, without the names that begin with an underscore.
    const copy = Object.fromEntries(
      Object.entries(application ?? {}).filter(([name]) => !name.startsWith('_')),
    )
    const handle = () => ana.chat.handleGroupApplication({ handleAction: 'Agree', application: copy })
    expect((await handle()).data.group).toMatchObject({ groupID: 'nest', memberCount: 3 })
    await cy.until(() => cy.notices(2).length === 1)
    expect(await refusal(handle())).toBe(10024)
    expect(await listed()).toEqual([])
  })

  test('an invitation that an admin has to approve stands in none of the lists', async () => {
    await make('gate', { inviteOption: 'NeedPermission' })
    const { data } = await bo.chat.addGroupMember({ groupID: 'gate', userIDList: ['cy', 'ana', 'nobody'] })
    expect(data).toMatchObject({
      successUserIDList: [],
      failureUserIDList: ['nobody'],
      existedUserIDList: ['ana'],
      overLimitUserIDList: [],
    })
    const [notice] = await ana.until(() => ana.notices(23).length > 0 && ana.notices(23))
    expect(notice).toMatchObject({ to: 'gate', payload: { operatorID: 'bo', userID: 'cy' } })
    const [application] = (await ana.chat.getGroupApplicationList()).data.applicationList
    expect(application).toMatchObject({ applicant: 'bo', userID: 'cy', applicationType: 1 })
    await ana.chat.handleGroupApplication({ handleAction: 'Reject', handleMessage: 'full', message: notice })
    const [refused] = await bo.until(() => bo.notices(3).length > 0 && bo.notices(3))
    expect(refused?.payload).toMatchObject({ operatorID: 'ana', handledMsg: 'full' })
  })

  test('who was removed has no role there and nothing to quit', async () => {
    await make('flock')
    const { group } = (await bo.chat.getGroupProfile({ groupID: 'flock' })).data
    expect(group.selfInfo).toMatchObject({ userID: 'bo', role: 'Member' })
    await ana.chat.deleteGroupMember({ groupID: 'flock', userIDList: ['bo'], reason: 'noise' })
    await bo.until(() => group.selfInfo.role === '')
    await bo.until(() => bo.notices(4).length > 0)
    expect((await bo.chat.getGroupList()).data.groupList.map(it => it.groupID)).not.toContain('flock')
    expect((await bo.chat.getConversationList(['GROUPflock'])).data.conversationList).toHaveLength(1)
    expect(await refusal(bo.chat.quitGroup('flock'))).toBe(2623)
    expect(await refusal(ana.chat.quitGroup('flock'))).toBe(10009)
    expect(await refusal(bo.chat.quitGroup('no-such-group'))).toBe(10010)
  })

  test('in a live room everybody knows their role, and the owner’s', async () => {
    await ana.chat.createGroup({ groupID: 'stage', name: 'stage', type: TYPES.GRP_AVCHATROOM })
    for (const [{ chat }, role] of [
      [ana, 'Owner'],
      [bo, 'Member'],
    ] as const) {
      const { data } = await chat.joinGroup({ groupID: 'stage' })
      expect(data.status).toBe('JoinedSuccess')
      expect((await chat.getGroupProfile({ groupID: 'stage' })).data.group.selfInfo).toMatchObject({ role })
    }
    const stage = (await ana.chat.getGroupProfile({ groupID: 'stage' })).data.group
    await ana.until(() => stage.memberCount === 2)
    expect((await ana.chat.getGroupProfile({ groupID: 'stage' })).data.group.memberCount).toBe(2)
    const { data } = await bo.chat.getGroupMemberList({ groupID: 'stage' })
    expect(Object.fromEntries(data.memberList.map(it => [it.userID, it.role]))).toEqual({
      ana: 'Owner',
      bo: 'Member',
    })
    await bo.chat.quitGroup('stage')
    expect(await refusal(bo.chat.quitGroup('stage'))).toBe(2623)
    const { group } = (await bo.chat.getGroupProfile({ groupID: 'stage' })).data
    expect(group.selfInfo).toMatchObject({ role: '' })
    await ana.chat.dismissGroup('stage')
  })

  test('a topic’s members are told of its profile before and after its first message, and of its end once', async () => {
    const groupID = '@TGS#_colony'
    await make(groupID, { type: TYPES.GRP_COMMUNITY, isSupportTopic: true })
    const { topicID } = (await ana.chat.createTopicInCommunity({ groupID, topicName: 'general' })).data
    await bo.until(() => bo.told(EVENT.TOPIC_CREATED).length > 0)
    expect(bo.told(EVENT.TOPIC_CREATED)).toEqual([{ groupID, topicID }])
    const updates = () =>
      bo.told(EVENT.TOPIC_UPDATED) as readonly { readonly topic: { readonly [field: string]: unknown } }[]
    await ana.chat.updateTopicProfile({ groupID, topicID, introduction: 'all things' })
    await bo.until(() => updates().some(({ topic }) => topic.introduction === 'all things'))
    const text = { to: topicID, conversationType: TYPES.CONV_GROUP, payload: { text: 'hello' } }
    await ana.chat.sendMessage(ana.chat.createTextMessage(text))
    await bo.until(() => updates().some(({ topic }) => topic.unreadCount === 1))
    const { successTopicList } = (await bo.chat.getTopicList({ groupID })).data
    expect(successTopicList).toMatchObject([{ topicID, topicName: 'general', unreadCount: 1 }])
    expect(
      await bo.chat.getGroupAttributes({ groupID: `${groupID}@TOPIC#_unseen`, keyList: [] }),
    ).toMatchObject({ data: { groupAttributes: {} } })
    const { data } = await ana.chat.deleteTopicFromCommunity({ groupID })
    expect(data).toEqual({ successTopicList: [{ topicID }], failureTopicList: [] })
    await bo.until(() => bo.told(EVENT.TOPIC_DELETED).length > 0)
    expect(bo.told(EVENT.TOPIC_DELETED)).toEqual([{ groupID, topicIDList: [topicID] }])
    // Nothing that comes later brings it back.
    await make('after-the-topic')
    await bo.until(() => bo.notices(7).some(it => it.to === 'after-the-topic'))
    const order = bo.events.map(it => it.name)
    expect(order.lastIndexOf(EVENT.TOPIC_UPDATED)).toBeLessThan(order.indexOf(EVENT.TOPIC_DELETED))
  })
})
