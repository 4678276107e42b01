import type { Device } from './clients/device.ts'
import type { RoamEntry, ScreenEntry } from './history/entry.ts'
import type { World } from './world.ts'

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
        messages: [...messages.values()].sort((a, b) => a.seq - b.seq),
      })
      recorder.entries.push(await roamOf(world, user, peer))
    }
  }
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
    conversations: data.conversationList.map(it => ({
      peer: it.conversationID.slice('C2C'.length),
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
