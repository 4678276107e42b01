import { targetOf } from '../../packages/chat/src/conversations/conversation-id.ts'
import type { World } from './world.ts'

/** The longest chain that the SDK's bounds allow: a lost report (15 s), its pause (20 s), back-off (20 s), one hello. */
const SETTLE_MS = 75_000
const LOOK_EVERY_MS = 300

/**
 * After the last fault and the last operation: waits until every logged-in device shows what a fresh snapshot of its user
 * shows, or the bound is over. Who is not there by then is noted, and the rules judge the rest as it is.
 */
export async function settle(world: World, say: (line: string) => void): Promise<void> {
  const until = Date.now() + SETTLE_MS
  let open = new Set(world.users)
  while (open.size > 0 && Date.now() < until) {
    await Bun.sleep(LOOK_EVERY_MS)
    const left = new Set<string>()
    for (const user of open) if (!(await isSettled(world, user).catch(() => false))) left.add(user)
    open = left
  }
  for (const user of open) world.recorder.note({ t: 'unsettled', user })
  if (open.size > 0) say(`Not settled within ${SETTLE_MS / 1000} s: ${[...open].join(', ')}.`)
}

async function isSettled(world: World, user: string): Promise<boolean> {
  const devices = world.devices.filter(it => it.user === user && it.isIn)
  if (devices.some(it => !it.isReady)) return false
  const reader = await world.reader(user)
  try {
    const { conversations } = await reader.snapshot()
    for (const device of devices) {
      const { data } = await device.chat.getConversationList()
      const shown = new Map(data.conversationList.map(it => [targetOf(it.conversationID), it]))
      for (const [peer, { item }] of conversations) {
        const view = shown.get(peer)
        if (item.Hidden === 1) continue
        if (view?.unreadCount !== item.UnreadMsgNum) return false
        if (view.lastMessage.lastSequence !== (item.LastMsg?.Seq ?? 0)) return false
        if (view.isPinned !== (item.TopFlag === 1)) return false
        if (view.peerReadTime !== item.PeerReadTime) return false
      }
    }
    return true
  } finally {
    await reader.close()
  }
}
