import TencentCloudChat, { type Message } from '@rookery/chat'
import type { Device } from '../clients/device.ts'
import type { World } from '../world.ts'
import type { Action } from './action.ts'

export const send: Action = {
  name: 'send',
  weight: 50,
  async run({ world, device, random }) {
    const peer = random.pick(world.peersOf(device.user))
    if (peer === undefined) return
    const message = device.chat.createTextMessage({
      to: peer,
      conversationType: TencentCloudChat.TYPES.CONV_C2C,
      payload: { text: world.text('m') },
    })
    const quiet = random.chance(0.1)
    await submit(world, device, message, () =>
      device.chat.sendMessage(
        message,
        quiet ? { messageControlInfo: { excludedFromUnreadCount: true } } : undefined,
      ),
    )
  },
}

/** Records a send; a failed one may be tried again. */
export async function submit(
  world: World,
  device: Device,
  message: Message,
  work: () => Promise<{ readonly data: { readonly message: Message } }>,
  again = false,
): Promise<void> {
  const { actor } = device
  const { ID: id, to: peer } = message
  const done = await world.recorder.call(
    { op: 'send', ...actor, peer, id, text: String(message.payload.text), ...(again && { again }) },
    work,
    result => result.data.message.sequence,
  )
  if (device.actor.session !== actor.session) return
  if (done) device.learn(message)
  else device.failed.push(message)
}
