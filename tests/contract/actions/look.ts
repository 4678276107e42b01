import type { Action } from './action.ts'

/** A client that was away resumes, and is compared with one that knows nothing. */
export const look: Action = {
  name: 'look',
  weight: 1,
  by: 'any',
  async run({ world, device, random }) {
    await world.mirrors.look(device.user, marks => random.between(0, marks - 1)).catch(noAnswer)
  },
}

/** Faults make it impossible now and then; a refusal of the protocol is a defect. */
function noAnswer(cause: unknown): void {
  if (cause instanceof TypeError) throw cause
}
