import type { Action } from './action.ts'

export const login: Action = {
  name: 'login',
  weight: 12,
  by: 'out',
  async run({ world, device }) {
    await world.login(device)
  },
}
