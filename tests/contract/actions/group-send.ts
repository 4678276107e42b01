import TencentCloudChat from '@rookery/chat'
import type { Action } from './action.ts'
import { chooseGroup, isIn } from './group-choice.ts'
import { submit } from './send.ts'

export const sendToGroup: Action = {
  name: 'group-send',
  weight: 40,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, isIn(device))
    if (!group) return
    const message = device.chat.createTextMessage({
      to: group.id,
      conversationType: TencentCloudChat.TYPES.CONV_GROUP,
      payload: { text: world.text('m') },
    })
    await submit(world, device, message, () => device.chat.sendMessage(message))
  },
}
