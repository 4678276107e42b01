import { afterEach, describe, expect, test } from 'bun:test'
import TencentCloudChat from './chat.ts'

const { create, EVENT, TYPES, TSignaling, VERSION } = TencentCloudChat

afterEach(async () => {
  for (const SDKAppID of [1, 2]) await create({ SDKAppID }).destroy()
})

describe('the default export', () => {
  test('has the constants that kits read, and no number-to-name entries', () => {
    expect(VERSION.split('.').map(Number)[0]).toBe(3)
    expect(EVENT.SDK_READY as string).toBe('sdkStateReady')
    expect(TYPES.MSG_AT_ALL as string).toBe('__kImSDK_MesssageAtALL__')
    expect(TSignaling.NEW_INVITATION_RECEIVED as string).toBe('newInvitationReceived')
    const types: Readonly<Record<string, unknown>> = TYPES
    expect(types).toMatchObject({
      MSG_SOUND: 'TIMSoundElem',
      MSG_STREAM: 'TIMStreamElem',
      CONV_MARK_TYPE_STAR: 1,
      CONV_MARK_TYPE_UNREAD: 2,
      CONV_MARK_TYPE_FOLD: 4,
      CONV_MARK_TYPE_HIDE: 8,
      INVITE_OPTIONS_DISABLE_INVITE: 'DisableInvite',
    })
    expect((EVENT as Readonly<Record<string, string>>).MESSAGE_REACTIONS_UPDATED).toBe(
      'onMessageReactionsUpdated',
    )
    for (const constants of [EVENT, TYPES, TSignaling]) {
      expect(Object.keys(constants).filter(name => /^\d/.test(name))).toEqual([])
    }
  })

  test('gives one instance per SDKAppID until destroy', async () => {
    const first = create({ SDKAppID: 1 })
    expect(create({ SDKAppID: 1 })).toBe(first)
    expect(create({ SDKAppID: 2 })).not.toBe(first)
    await first.destroy()
    expect(create({ SDKAppID: 1 })).not.toBe(first)
  })

  test('ignores what it does not know, as kits spread their login options', () => {
    const options = { SDKAppID: 1, scene: 'kit', userID: 'x', userSig: 'y', framework: 'vue', oversea: true }
    expect(create(options).isReady()).toBe(false)
  })

  test('answers kits’ start-up calls without throwing', async () => {
    const chat = create({ SDKAppID: 1 })
    expect(chat.callExperimentalAPI('canIUseModule', ['group-module'])).toBe(true)
    const ability = (bit: number): unknown => chat.callExperimentalAPI('isCommercialAbilityEnabled', bit)
    expect(await ability(2 ** 5)).toEqual({ code: 0, data: { enabled: true } })
    expect(await ability(2 ** 42)).toEqual({ code: 0, data: { enabled: false } })
    expect(await chat.callExperimentalAPI('anything', {})).toEqual({ code: 0, data: {} })
    expect(chat.registerPlugin({ 'tim-upload-plugin': class {} })).toBeUndefined()
    expect(chat.use([{}, {}])).toBeUndefined()
    expect(chat.setLogLevel(4)).toBeUndefined()
    expect(chat.getLoginUser()).toBe('')
    expect(chat.getTotalUnreadMessageCount()).toBe(0)
    expect(chat.findMessage('none')).toBeNull()
    expect(Math.abs(chat.getServerTime() - Date.now() / 1000)).toBeLessThan(2)
  })

  test('makes messages before any login', () => {
    const message = create({ SDKAppID: 1 }).createTextMessage({
      to: 'bo',
      conversationType: TYPES.CONV_C2C,
      payload: { text: 'x' },
    })
    expect(message).toMatchObject({
      status: 'unSend',
      flow: 'out',
      from: '',
      to: 'bo',
      conversationID: 'C2Cbo',
    })
  })
})
