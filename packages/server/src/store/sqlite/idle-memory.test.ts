import { expect, test } from 'bun:test'
import { IdleMemory } from './idle-memory.ts'

test('memory is given back once after each busy time, and never while writes go on', () => {
  let given = 0
  const idle = new IdleMemory(() => given++)
  try {
    idle.look()
    idle.look()
    expect(given).toBe(0)
    for (let n = 0; n < 5; n++) {
      idle.wrote()
      idle.look()
    }
    expect(given).toBe(0)
    idle.look()
    idle.look()
    expect(given).toBe(1)
    idle.wrote()
    idle.look()
    idle.look()
    idle.look()
    expect(given).toBe(2)
  } finally {
    idle.close()
  }
})
