import TencentCloudChat from '@rookery/chat'
import { targetOf } from '../../packages/chat/src/conversations/conversation-id.ts'
import { type Device, isRoom } from './clients/device.ts'
import type { ClusterNode } from './cluster/cluster.ts'
import type { GroupFinalEntry, GroupNodeEntry, RoamEntry, ScreenEntry } from './history/entry.ts'
import type { World } from './world.ts'

const { TYPES } = TencentCloudChat
const FRESH_READY_MS = 15_000
/** The largest number of a page (rest-1 section 4.5). */
const PAGE = 100
const FAR_FUTURE = 4_294_967_295

/** Reads the final state from every side: snapshot and pulls, REST, the apps on the devices, a fresh login, the marks. */
export async function takeFinals(world: World): Promise<void> {
  const { recorder, users, devices } = world
  for (const user of users) {
    const reader = await world.reader(user)
    const { conversations } = await reader.snapshot()
    await reader.close()
    for (const [peer, { item, messages }] of conversations) {
      recorder.entries.push({
        t: 'view',
        user,
        peer,
        headSeq: item.HeadSeq,
        changeNo: item.ChangeNo,
        unread: item.UnreadMsgNum,
        readSeq: item.ReadSeq,
        peerReadSeq: item.PeerReadSeq,
        pinned: item.TopFlag === 1,
        ...(item.Group && { member: item.Group.Member === 1 }),
        messages: [...messages.values()].sort((a, b) => a.seq - b.seq),
      })
      if (!item.Group) recorder.entries.push(await roamOf(world, user, peer))
    }
  }
  for (const { id } of world.groups) await groupFinal(world, id)
  for (const device of devices) if (device.isReady) recorder.entries.push(await screenOf(device, false))
  for (const user of users) await freshScreen(world, user)
  await world.mirrors.lookAtAll()
}

interface RoamItem {
  readonly MsgKey: string
  readonly From_Account: string
  readonly MsgFlagBits: number
  readonly MsgVersion: number
  readonly MsgBody: readonly { readonly MsgContent: { readonly Text?: string } }[]
}

async function roamOf(world: World, user: string, peer: string): Promise<RoamEntry> {
  const messages: RoamEntry['messages'][number][] = []
  for (let last = ''; ; ) {
    const page = await world.ok('openim/admin_getroammsg', {
      Operator_Account: user,
      Peer_Account: peer,
      MaxCnt: PAGE,
      MinTime: 0,
      MaxTime: FAR_FUTURE,
      ...(last && { LastMsgKey: last }),
    })
    const items = (page.MsgList ?? []) as readonly RoamItem[]
    messages.unshift(
      ...items.map(it => ({
        key: it.MsgKey,
        from: it.From_Account,
        text: String(it.MsgBody[0]?.MsgContent.Text ?? ''),
        recalled: it.MsgFlagBits === 8,
        version: it.MsgVersion,
      })),
    )
    last = String(page.LastMsgKey ?? '')
    if (page.Complete === 1 || items.length === 0) break
  }
  const counts = await world.ok('openim/get_c2c_unread_msg_num', { To_Account: user, Peer_Account: [peer] })
  const [count] = (counts.C2CUnreadMsgNumList ?? []) as readonly { readonly C2CUnreadMsgNum: number }[]
  return { t: 'roam', user, peer, unread: count?.C2CUnreadMsgNum ?? -1, messages }
}

interface SimpleItem {
  readonly MsgSeq: number
  readonly MsgKey: string
  readonly From_Account: string
  readonly IsPlaceMsg: number
  readonly MsgBody: readonly { readonly MsgContent: { readonly Text?: string } }[]
}

/** The largest page of `group_msg_get_simple` (rest-2 section 6.5). */
const SIMPLE_PAGE = 20
const GROUP_GONE = 10_010

async function groupFinal(world: World, group: string): Promise<void> {
  const list = await world.rest('group_open_http_svc/get_group_info', { GroupIdList: [group] })
  const [info] = (list.GroupInfo ?? []) as readonly {
    readonly ErrorCode: number
    readonly Name: string
    readonly Owner_Account: string
    readonly MuteAllMember: string
    readonly MemberNum: number
  }[]
  if (info?.ErrorCode === GROUP_GONE || list.ErrorCode === GROUP_GONE) return
  if (info?.ErrorCode !== 0) throw new Error(`${group}: ${JSON.stringify(info ?? list)}`)
  const messages: GroupFinalEntry['messages'][number][] = []
  for (let last: number | undefined; ; ) {
    const page = await world.ok('group_open_http_svc/group_msg_get_simple', {
      GroupId: group,
      ReqMsgNumber: SIMPLE_PAGE,
      WithRecalledMsg: 1,
      ...(last !== undefined && { ReqMsgSeq: last }),
    })
    const items = page.RspMsgList as readonly SimpleItem[]
    messages.push(
      ...items.map(it => ({
        seq: it.MsgSeq,
        key: it.MsgKey,
        from: it.From_Account,
        text: String(it.MsgBody[0]?.MsgContent.Text ?? ''),
        recalled: it.IsPlaceMsg === 2,
      })),
    )
    last = (items.at(-1)?.MsgSeq ?? 1) - 1
    if (last <= 0) break
  }
  world.recorder.entries.push({
    t: 'group-final',
    group,
    name: info.Name,
    muteAll: info.MuteAllMember === 'On',
    memberNum: info.MemberNum,
    members: (await membersOf(world, group)).members,
    messages: messages.reverse(),
  })
  await onNodes(world, group)
  if (info.Owner_Account) await applicationsTo(world, group, info.Owner_Account)
}

async function onNodes(world: World, group: string): Promise<void> {
  const entries = await world.onEachNode(
    async node =>
      ({ t: 'group-node', group, node: node.name, ...(await membersOf(world, group, node)) }) as const,
  )
  world.recorder.entries.push(...entries)
}

/** On any node unless one is named. The users of a run fit in one page. */
async function membersOf(
  world: World,
  group: string,
  node?: ClusterNode,
): Promise<Pick<GroupNodeEntry, 'memberNum' | 'members'>> {
  const answer = await world.ok('group_open_http_svc/get_group_member_info', { GroupId: group }, node)
  const members = answer.MemberList as readonly {
    readonly Member_Account: string
    readonly Role: string
    readonly MsgSeq: number
  }[]
  return {
    memberNum: Number(answer.MemberNum),
    members: members.map(it => ({ user: it.Member_Account, role: it.Role, readSeq: it.MsgSeq })),
  }
}

async function applicationsTo(world: World, group: string, by: string): Promise<void> {
  const reader = await world.reader(by)
  try {
    const items = (await reader.applications()).filter(it => it.group === group)
    world.recorder.entries.push({
      t: 'applications',
      group,
      by,
      items: items.map(({ applicant, isOpen }) => ({ applicant, isOpen })),
    })
  } finally {
    await reader.close()
  }
}

async function freshScreen(world: World, user: string): Promise<void> {
  const device = await world.device(user, `${user}.fresh`)
  try {
    if (!(await world.login(device))) return
    for (const until = Date.now() + FRESH_READY_MS; !device.isReady && Date.now() < until; )
      await Bun.sleep(20)
    world.recorder.entries.push(await screenOf(device, true))
  } finally {
    await device.close()
  }
}

async function screenOf(device: Device, fresh: boolean): Promise<ScreenEntry> {
  const { data } = await device.chat.getConversationList()
  return {
    t: 'screen',
    ...device.actor,
    fresh,
    conversations: data.conversationList
      .filter(it => it.conversationID !== TYPES.CONV_SYSTEM && !isRoom(targetOf(it.conversationID)))
      .map(it => ({
        peer: targetOf(it.conversationID),
        unread: it.unreadCount,
        pinned: it.isPinned,
        lastSeq: it.lastMessage.lastSequence,
        lastRecalled: it.lastMessage.isRevoked,
        lastText: it.lastMessage.isRevoked ? '' : String(it.lastMessage.payload?.text ?? ''),
        peerReadTime: it.peerReadTime,
      })),
    messages: [...device.seen]
      .flatMap(id => device.chat.findMessage(id) ?? [])
      .map(it => ({
        id: it.ID,
        seq: it.sequence,
        version: it.version,
        recalled: it.isRevoked,
        text: it.isRevoked ? '' : String(it.payload.text ?? ''),
      })),
  }
}
