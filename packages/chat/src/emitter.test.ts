import { describe, expect, test } from 'bun:test'
import { Emitter } from './emitter.ts'

describe('listeners', () => {
  test('are called in order with their context; a pair counts once and is removed as a pair', () => {
    const emitter = new Emitter(() => undefined)
    const calls: unknown[] = []
    function handler(this: unknown): void {
      calls.push(this)
    }
    const [a, b] = [{ name: 'a' }, { name: 'b' }]
    emitter.on('x', handler, a)
    emitter.on('x', handler, a)
    emitter.on('x', handler, b)
    emitter.emit({ name: 'x' })
    expect(calls).toEqual([a, b])
    emitter.off('x', handler, a)
    emitter.emit({ name: 'x' })
    expect(calls).toEqual([a, b, b])
    emitter.off('x', handler)
    expect(emitter.has('x')).toBe(true)
    emitter.off('x', handler, b)
    expect(emitter.has('x')).toBe(false)
  })

  test('that throw do not stop the others', () => {
    const thrown: unknown[] = []
    const emitter = new Emitter((name, cause) => thrown.push([name, cause]))
    const calls: string[] = []
    emitter.on('x', () => {
      throw new Error('mine')
    })
    emitter.on('x', event => calls.push(event.name))
    emitter.emit({ name: 'x' })
    expect(calls).toEqual(['x'])
    expect(thrown).toHaveLength(1)
  })

  test('for unknown names or without a function are ignored, not refused', () => {
    const emitter = new Emitter(() => undefined)
    const strange = emitter.on.bind(emitter) as (name: unknown, handler: unknown) => void
    expect(() => strange(undefined, () => undefined)).not.toThrow()
    expect(() => strange('x', undefined)).not.toThrow()
    expect(emitter.has('x')).toBe(false)
  })

  test('that leave during an event are still called in it', () => {
    const emitter = new Emitter(() => undefined)
    const calls: string[] = []
    const second = (): number => calls.push('second')
    emitter.on('x', () => emitter.off('x', second))
    emitter.on('x', second)
    emitter.emit({ name: 'x' })
    emitter.emit({ name: 'x' })
    expect(calls).toEqual(['second'])
  })
})
