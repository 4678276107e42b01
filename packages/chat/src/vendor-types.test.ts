import { describe, expect, test } from 'bun:test'
import type * as VendorTypes from '@tencentcloud/chat'
import type Vendor from '@tencentcloud/chat'
import type * as Ours from './chat.ts'
import TencentCloudChat from './chat.ts'
import { LATER } from './client/later-members.ts'
import { GROUP_MEMBERS } from './groups/group-loader.ts'

/** Compiles only when the first type may stand where the second is expected. */
type Fits<Given extends Expected, Expected> = [Given, Expected]

/** The type oracle: `tsc` checks these against the vendor's declarations (client-quirks.md). */
export type Oracle = [
  Fits<typeof TencentCloudChat, typeof Vendor>,
  Fits<Ours.ChatSDK, VendorTypes.ChatSDK>,
  Fits<Ours.Message, VendorTypes.Message>,
  Fits<Ours.Conversation, VendorTypes.Conversation>,
  Fits<Ours.Group, VendorTypes.Group>,
  Fits<Ours.GroupMember, VendorTypes.GroupMember>,
  Fits<Ours.Topic, VendorTypes.Topic>,
  Fits<Ours.Profile, VendorTypes.Profile>,
  Fits<Ours.Friend, VendorTypes.Friend>,
  Fits<Ours.FriendApplication, VendorTypes.FriendApplication>,
  Fits<Ours.FriendGroup, VendorTypes.FriendGroup>,
  Fits<Ours.Signaling, VendorTypes.Signaling>,
  Fits<Ours.UserInfo, VendorTypes.UserInfo>,
  Fits<Ours.SimplifiedMessage, VendorTypes.SimplifiedMessage>,
]

const declarations = await Bun.file(
  new URL(import.meta.resolve('@tencentcloud/chat')).pathname.replace(/index(\.es)?\.js$/, 'index.d.ts'),
).text()

describe('the vendor’s declared ChatSDK', () => {
  const [, body = ''] = declarations.split('export declare class ChatSDK {')
  const names = [
    ...new Set(
      [...body.slice(0, body.indexOf('\n}')).matchAll(/^\s+(\w+)\(/gm)].map(match => match[1] ?? ''),
    ),
  ]

  test('has 148 members, and this client has them all', () => {
    expect(names.length).toBe(148)
    const chat = TencentCloudChat.create({ SDKAppID: 3 }) as unknown as Readonly<Record<string, unknown>>
    expect(names.filter(name => typeof chat[name] !== 'function')).toEqual([])
  })

  test('contains every member that is answered from the table of later parts', () => {
    expect(Object.keys(LATER).filter(name => !names.includes(name))).toEqual([])
  })

  test('contains every member about groups, and none of them is left for later', () => {
    expect(GROUP_MEMBERS.filter(name => !names.includes(name))).toEqual([])
    const later = Object.keys(LATER)
    const about = names.filter(
      name => /Group|Topic|Community/.test(name) && !/Friend|Conversation|search|invite/.test(name),
    )
    expect(about.filter(name => later.includes(name))).toEqual([])
  })
})
