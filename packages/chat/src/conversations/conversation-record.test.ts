import { describe, expect, test } from 'bun:test'
import type { WireConversation } from '@rookery/protocol/wire'
import { ConversationRecord } from './conversation-record.ts'

const item = (more: Partial<WireConversation>): WireConversation => ({
  Type: 1,
  To_Account: 'bo',
  ConvId: 1,
  HeadSeq: 3,
  ChangeNo: 0,
  LogNo: 5,
  UnreadMsgNum: 2,
  ReadSeq: 1,
  PeerReadTime: 0,
  PeerReadSeq: 0,
  ClearedSeq: 0,
  Hidden: 0,
  TopFlag: 1,
  TopTime: 1,
  StandardMark: '101',
  CustomMark: 'c',
  ContactGroupId: [],
  RecvOpt: 0,
  MsgTime: 1,
  LastMsg: null,
  Peer_Nick: 'Bo',
  Peer_FaceUrl: '',
  ...more,
})

describe('the server’s item of a conversation', () => {
  test('is ignored when it is older than the one known: answers and events may cross', () => {
    const record = new ConversationRecord('bo')
    expect(record.applyItem(item({}), undefined)).toBe(true)
    expect(
      record.applyItem(item({ LogNo: 4, TopFlag: 0, UnreadMsgNum: 3, StandardMark: '' }), undefined),
    ).toBe(false)
    expect(record.view).toMatchObject({ isPinned: true, unreadCount: 2, markList: [1, 4], customData: 'c' })
  })

  test('of the same number brings a newer head', () => {
    const record = new ConversationRecord('bo')
    record.applyItem(item({}), undefined)
    expect(record.applyItem(item({ HeadSeq: 4, UnreadMsgNum: 3 }), undefined)).toBe(true)
    expect(record.view.unreadCount).toBe(3)
  })

  test('does not bring back what was read here meanwhile', () => {
    const record = new ConversationRecord('bo')
    record.applyItem(item({}), undefined)
    record.unread.read(3)
    record.applyItem(item({ LogNo: 6 }), undefined)
    expect(record.view.unreadCount).toBe(0)
  })
})
