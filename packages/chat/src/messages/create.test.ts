import { describe, expect, test } from 'bun:test'
import { TYPES } from '../constants/types.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'
import type { Message } from './message.ts'

const to = { to: 'bo', conversationType: TYPES.CONV_C2C }
const picture = (type = 'image/png', name = 'cat.png', bytes = 3): File =>
  new File([new Uint8Array(bytes)], name, { type })

async function pair() {
  const world = new World()
  return { world, ana: await world.client('ana'), bo: await world.client('bo') }
}

describe('media messages', () => {
  test('an image can be shown at once in all three sizes, and says that it was not uploaded when it is sent', async () => {
    const { world, ana } = await pair()
    const message = ana.chat.createImageMessage({ ...to, payload: { file: picture() } })
    expect(message).toMatchObject({ type: TYPES.MSG_IMAGE, status: 'unSend', payload: { imageFormat: 3 } })
    const infos = message.payload.imageInfoArray
    expect(infos.map((info: { type: number }) => info.type)).toEqual([0, 2, 1])
    for (const info of infos) expect(info).toMatchObject({ url: expect.stringMatching(/^blob:/), size: 3 })
    const failure = await world.failure(ana.chat.sendMessage(message))
    expect(failure).toMatchObject({ code: 2041, message: expect.stringContaining('no file service') })
    expect(failure.data.message).toBe(message)
    expect(message.status).toBe('fail')
  })

  test('audio, video and files carry size, length, name and both sets of names before the upload', async () => {
    const { world, ana } = await pair()
    const { chat } = ana
    const sound = Object.assign(new File([new Uint8Array(5)], 'v.m4a', { type: 'audio/mp4' }), {
      duration: 2_600,
    })
    const audio = chat.createAudioMessage({ ...to, payload: { file: sound } })
    expect(audio.payload).toMatchObject({ size: 5, second: 3, url: expect.stringMatching(/^blob:/) })
    const video = chat.createVideoMessage({
      ...to,
      payload: { file: picture('video/mp4', 'v.mp4', 9), snapshotFile: picture() },
    })
    const { videoUrl, remoteVideoUrl, snapshotUrl, thumbUrl } = video.payload
    expect([videoUrl === remoteVideoUrl, snapshotUrl === thumbUrl, snapshotUrl.startsWith('blob:')]).toEqual([
      true,
      true,
      true,
    ])
    expect(video.payload).toMatchObject({ videoSize: 9, videoFormat: 'mp4', snapshotSize: 3 })
    const file = chat.createFileMessage({ ...to, payload: { file: { files: [picture('a/b', 'x.bin', 7)] } } })
    expect(file.payload).toMatchObject({ fileName: 'x.bin', fileSize: 7 })
    const recorded = chat.createAudioMessage({
      ...to,
      payload: { file: { tempFilePath: 'wx://tmp/a.mp3', duration: 1_000, fileSize: 77 } },
    })
    expect(recorded.payload).toMatchObject({ url: 'wx://tmp/a.mp3', second: 1, size: 77 })
    const chosen = chat.createImageMessage({
      ...to,
      payload: {
        file: { tempFilePaths: ['wx://tmp/b.jpg'], tempFiles: [{ path: 'wx://tmp/b.jpg', size: 8 }] },
      },
    })
    expect(chosen.payload.imageInfoArray[2]).toMatchObject({ url: 'wx://tmp/b.jpg', size: 8 })
    for (const [message, code] of [
      [audio, 2300],
      [video, 2350],
      [file, 2400],
      [recorded, 2300],
      [chosen, 2041],
    ] as const)
      expect(await world.failure(chat.sendMessage(message))).toMatchObject({ code })
  })

  test('what is wrong with a file is told by the send, also of a JSON copy', async () => {
    const { world, ana } = await pair()
    const { chat } = ana
    const big = (size: number): object => ({ tempFilePath: 'wx://big.mp4', fileSize: size })
    const cases: readonly (readonly [Message, number])[] = [
      [chat.createImageMessage({ ...to, payload: {} }), 2251],
      [chat.createImageMessage({ ...to, payload: { file: { files: [] } } }), 2251],
      [chat.createImageMessage({ ...to, payload: { file: picture('image/tiff', 'a.tiff') } }), 2252],
      [
        chat.createImageMessage({
          ...to,
          payload: { file: { tempFilePath: 'a.png', size: 20 * 2 ** 20 + 1 } },
        }),
        2253,
      ],
      [chat.createAudioMessage({ ...to, payload: { file: big(20 * 2 ** 20 + 1) } }), 2301],
      [chat.createVideoMessage({ ...to, payload: { file: picture('video/x-msvideo', 'a.avi') } }), 2352],
      [chat.createVideoMessage({ ...to, payload: { file: big(100 * 2 ** 20 + 1) } }), 2351],
      [chat.createFileMessage({ ...to, payload: { file: null } }), 2401],
      [chat.createFileMessage({ ...to, payload: { file: big(100 * 2 ** 20 + 1) } }), 2402],
      [chat.createFileMessage({ ...to, payload: { file: picture('a/b', 'empty', 0) } }), 2108],
    ]
    for (const [message, code] of cases) {
      expect(await world.failure(chat.sendMessage(message))).toMatchObject({ code })
      const copy = JSON.parse(JSON.stringify(message)) as Message
      expect(await world.failure(chat.sendMessage(copy))).toMatchObject({ code, data: { message: copy } })
    }
  })

  test('a progress callback may come after creation, and the message can still be copied', async () => {
    const { ana } = await pair()
    const message = ana.chat.createImageMessage({
      ...to,
      payload: { file: picture() },
      onProgress: () => undefined,
    })
    expect(message.onProgress).toBeFunction()
    message.onProgress = share => share
    expect(structuredClone(message).ID).toBe(message.ID)
    expect(Object.keys(message)).not.toContain('onProgress')
  })

  test('received media are passed on without an upload', async () => {
    const { world, ana, bo } = await pair()
    const content = {
      UUID: 'u',
      ImageFormat: 1,
      ImageInfoArray: [{ Type: 1, Size: 1, Width: 1, Height: 1, URL: 'https://files/u.jpg' }],
    }
    world.server.send('bo', 'ana', '', { MsgBody: [{ MsgType: 'TIMImageElem', MsgContent: content }] })
    await world.clock.pass(50)
    const [received] = (await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo' }))).data
      .messageList
    const copy = JSON.parse(JSON.stringify(received)) as Message
    const forward = ana.chat.createForwardMessage({ ...to, payload: copy })
    expect(forward.ID).not.toBe(copy.ID)
    await world.done(ana.chat.sendMessage(forward))
    await world.clock.pass(50)
    const [told] = bo.last('onMessageReceived') as Message[]
    expect(told?.payload.imageInfoArray[0].url).toBe('https://files/u.jpg')
  })
})

describe('messages to groups', () => {
  test('an at-message is a text message with a list of whom it means, and belongs to groups', async () => {
    const { world, ana } = await pair()
    const payload = { text: '@all hi', atUserList: ['bo', TYPES.MSG_AT_ALL] }
    const message = ana.chat.createTextAtMessage({ to: 'g', conversationType: TYPES.CONV_GROUP, payload })
    expect(message).toMatchObject({
      type: TYPES.MSG_TEXT,
      conversationID: 'GROUPg',
      payload: { text: '@all hi' },
      atUserList: payload.atUserList,
    })
    expect(message.payload.atUserList).toBeUndefined()
    expect(() => ana.chat.createTextAtMessage({ ...to, payload })).toThrow(
      expect.objectContaining({ code: 2106 }),
    )
    // There is no such group.
    expect(await world.failure(ana.chat.sendMessage(message))).toMatchObject({ code: 10010 })
    expect(message.status).toBe('fail')
  })
})

describe('merged forwards', () => {
  async function merged(count: number, text: string) {
    const all = await pair()
    const { world, ana } = all
    const sent = []
    for (let at = 0; at < count; at += 1) {
      const message = ana.text('bo', `${text}${at}`)
      sent.push((await world.done(ana.chat.sendMessage(message))).data.message)
    }
    const payload = {
      messageList: sent,
      title: 'Chat of two',
      abstractList: ['ana: 0'],
      compatibleText: 'merged',
    }
    return { ...all, sent, merger: ana.chat.createMergerMessage({ ...to, payload }) }
  }

  test('travel inside the message while they are small, with IDs, names and payloads', async () => {
    const { world, ana, bo, sent, merger } = await merged(3, 'text ')
    await world.done(ana.chat.sendMessage(merger))
    await world.clock.pass(50)
    const [received] = bo.last('onMessageReceived') as Message[]
    expect(received?.payload).toMatchObject({ title: 'Chat of two', downloadKey: '', layersOverLimit: false })
    const list = received?.payload.messageList
    expect(list.map((it: Message) => [it.ID, it.from, it.payload.text])).toEqual(
      sent.map((it, at) => [it.ID, 'ana', `text ${at}`]),
    )
    // A kit hands over a bare object.
    const bare = { type: received?.type, payload: received?.payload }
    const downloaded = await bo.chat.downloadMergerMessage(bare)
    expect(downloaded).toBe(bare)
    expect((downloaded as unknown as { data: { messageList: unknown } }).data.messageList).toEqual(list)
    const again = bo.chat.createForwardMessage({
      to: 'ana',
      conversationType: TYPES.CONV_C2C,
      payload: received,
    })
    await world.done(bo.chat.sendMessage(again))
    expect(again.status).toBe('success')
  })

  test('that are too large are refused with their size, before anything is sent', async () => {
    const { world, ana, merger } = await merged(4, 'x'.repeat(3_000))
    const before = world.server.count('openim/sendmsg')
    expect(await world.failure(ana.chat.sendMessage(merger))).toMatchObject({
      code: 2100,
      message: expect.stringContaining('at most 11264'),
    })
    expect(world.server.count('openim/sendmsg')).toBe(before)
  })

  test('take only messages that were sent, and need a text for old clients', async () => {
    const { ana } = await pair()
    const unsent = ana.text('bo', 'x')
    const make = (payload: object) => () => ana.chat.createMergerMessage({ ...to, payload })
    expect(make({ messageList: [unsent], compatibleText: 'c' })).toThrow(
      expect.objectContaining({ code: 2453 }),
    )
    const tip = { ...unsent, status: 'success', type: TYPES.MSG_GRP_TIP }
    expect(make({ messageList: [tip], compatibleText: 'c' })).toThrow(expect.objectContaining({ code: 2453 }))
    expect(make({ messageList: [{}], compatibleText: 'c' })).toThrow(expect.objectContaining({ code: 2105 }))
    expect(make({ messageList: [{ ...unsent, status: 'success' }] })).toThrow(
      expect.objectContaining({ code: 2905 }),
    )
    const download = (value: unknown) => ana.chat.downloadMergerMessage(value)
    await expect(download(unsent)).rejects.toMatchObject({ code: 2450 })
    await expect(download({ type: TYPES.MSG_MERGER, payload: { messageList: [] } })).rejects.toMatchObject({
      code: 2451,
    })
    await expect(download({ type: TYPES.MSG_MERGER, payload: { downloadKey: 'k' } })).rejects.toMatchObject({
      code: 2452,
    })
  })
})

describe('quotes', () => {
  test('name the quoted message to the receiver too', async () => {
    const { world, ana, bo } = await pair()
    const { data } = await world.done(bo.chat.sendMessage(bo.text('ana', 'question')))
    await world.clock.pass(50)
    const [question] = ana.last('onMessageReceived') as Message[]
    const answer = ana.text('bo', 'answer', { cloudCustomData: '{"own":1}' })
    expect(ana.chat.createQuoteMessage(answer, question as Message)).toBe(answer)
    await world.done(ana.chat.sendMessage(answer))
    await world.clock.pass(50)
    const [told] = bo.last('onMessageReceived') as Message[]
    expect(told?.quoteInfo?.messageID).toBe(data.message.ID)
    expect(bo.chat.findMessage(told?.quoteInfo?.messageID ?? '')?.payload.text).toBe('question')
    expect(JSON.parse(told?.cloudCustomData ?? '').own).toBe(1)
    const opaque = ana.text('bo', 'x', { cloudCustomData: 'opaque' })
    expect(() => ana.chat.createQuoteMessage(opaque, question as Message)).toThrow(
      expect.objectContaining({ code: 2905 }),
    )
  })
})

describe('what later parts of the interface bring', () => {
  test('answers truthfully where it can, and else with a code and a text that says so', async () => {
    const { world, ana } = await pair()
    const { chat } = ana
    expect((await chat.checkFriend({ userIDList: ['bo'] })).data.successUserIDList).toEqual([
      { userID: 'bo', code: 0, relation: 'CheckResult_Type_NoRelation' },
    ])
    const reactions = (await chat.getMessageReactions({ messageList: [] })).data
    expect(reactions.resultList).toBe(reactions)
    expect(await world.failure(chat.addFriend({ to: 'bo' }))).toMatchObject({ code: 2998 })
    expect(await world.failure(chat.getUserStatus({ userIDList: [] }))).toMatchObject({ code: 72001 })
    expect(await world.failure(chat.translateText({}))).toMatchObject({ code: 3122 })
    const codes: unknown[] = []
    chat.inviteSync({ userID: 'bo' }, undefined, (error: { code: number }) => codes.push(error.code))
    expect(codes).toEqual([2998])
    const custom = (data: unknown): unknown => ({ type: TYPES.MSG_CUSTOM, payload: { data } })
    expect(chat.getSignalingInfo(custom('{not json'))).toBeNull()
    expect(
      chat.getSignalingInfo(custom(JSON.stringify({ inviteID: 'i', actionType: 1, inviter: 'bo' }))),
    ).toMatchObject({
      inviteID: 'i',
      inviter: 'bo',
      inviteeList: [],
    })
  })

  test('is refused before the login like everything else', async () => {
    const world = new World()
    const { chat } = await world.client('ana')
    await world.done(chat.logout())
    expect(await world.failure(chat.getGroupList())).toMatchObject({ code: 2999 })
  })

  test('names and pictures of users are served, the rest of a profile has its default values', async () => {
    const { world, ana } = await pair()
    world.server.store.account('bo').nick = 'Bo'
    expect((await world.done(ana.chat.getMyProfile())).data).toMatchObject({
      userID: 'ana',
      gender: 'Gender_Type_Unknown',
    })
    const { data } = await world.done(ana.chat.getUserProfile({ userIDList: ['bo'] }))
    expect(data).toMatchObject([{ userID: 'bo', nick: 'Bo', allowType: 'AllowType_Type_AllowAny' }])
    world.server.intercept = (_, cmd) => (cmd === 'profile/get_brief' ? new Refusal(40001) : undefined)
    expect(await world.failure(ana.chat.getUserProfile({ userIDList: ['bo'] }))).toMatchObject({
      code: 40001,
    })
  })
})

describe('key-values on messages', () => {
  test('are told also for a message that is not in memory', async () => {
    const { world, ana } = await pair()
    const message = ana.text('bo', 'poll', { isSupportExtension: true })
    await world.done(ana.chat.sendMessage(message))
    await world.done(ana.chat.sendMessage(ana.text('bo', 'later')))
    const phone = await world.client('bo', { platform: 'iPhone' })
    expect(phone.chat.findMessage(message.ID)).toBeNull()
    await world.done(ana.chat.setMessageExtensions(message, [{ key: 'k', value: 'v' }]))
    await world.clock.pass(50)
    expect(phone.last('onMessageExtensionsUpdated')).toEqual({
      messageID: message.ID,
      extensions: [{ key: 'k', value: 'v' }],
    })
  })
})
