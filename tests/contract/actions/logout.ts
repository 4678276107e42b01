import type { Action } from './action.ts'

export const logout: Action = {
  name: 'logout',
  weight: 2,
  async run({ world, device }) {
    const { actor } = device
    device.leave()
    await world.recorder.call({ op: 'logout', ...actor }, () => device.chat.logout())
  },
}
