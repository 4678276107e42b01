import TencentCloudChat from '@rookery/chat'
import { ROOM } from '../clients/device.ts'
import type { Action } from './action.ts'
import { APP } from './group-choice.ts'

/** Longer than any run. */
const BAN_SECONDS = 86_400

export const enterRoom: Action = {
  name: 'room-enter',
  weight: 5,
  async run({ world, device }) {
    await world.recorder.call({ op: 'enter', ...device.actor, room: ROOM }, () =>
      device.chat.joinGroup({ groupID: ROOM }),
    )
  },
}

export const leaveRoom: Action = {
  name: 'room-leave',
  weight: 1,
  async run({ world, device }) {
    await world.recorder.call({ op: 'leave', ...device.actor, room: ROOM }, () => device.chat.quitGroup(ROOM))
  },
}

/** Who is not inside is refused. */
export const sendToRoom: Action = {
  name: 'room-send',
  weight: 14,
  async run({ world, device }) {
    const text = world.text('r')
    const message = device.chat.createTextMessage({
      to: ROOM,
      conversationType: TencentCloudChat.TYPES.CONV_GROUP,
      payload: { text },
    })
    await world.recorder.call({ op: 'room-send', ...device.actor, room: ROOM, id: message.ID, text }, () =>
      device.chat.sendMessage(message),
    )
  },
}

/** Over REST: out of the room and kept out, or let in again. */
export const banFromRoom: Action = {
  name: 'room-ban',
  weight: 1.5,
  by: 'any',
  async run({ world, random }) {
    const [owner, ...others] = world.users
    const on = world.banned.size === 0 || random.chance(0.2)
    const target = random.pick(on ? others : [...world.banned])
    if (owner === undefined || target === undefined) return
    const done = await world.recorder.call({ op: 'room-ban', ...APP, room: ROOM, target, on }, () =>
      world.ok(`group_open_http_svc/${on ? 'ban' : 'unban'}_group_member`, {
        GroupId: ROOM,
        Members_Account: [target],
        ...(on && { Duration: BAN_SECONDS }),
      }),
    )
    if (on) world.banned.add(target)
    else if (done) world.banned.delete(target)
  },
}
