import { describe, expect, test } from 'bun:test'
import type { Entry, SeenMessage, ViewEntry } from '../history/entry.ts'
import { judge } from './judge.ts'
import { CY, KICKED_AT, sampleHistory } from './sample-history.ts'

type Of<T extends Entry['t']> = Extract<Entry, { readonly t: T }>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The rules that find something in the sample after `plant`. */
function found(plant: (entries: Entry[]) => void): string[] {
  const entries = sampleHistory()
  plant(entries)
  return [...new Set(judge(entries).map(it => it.rule))]
}

function all<T extends Entry['t']>(entries: readonly Entry[], t: T): Mutable<Of<T>>[] {
  return entries.filter((it): it is Of<T> => it.t === t)
}

function viewOf(entries: readonly Entry[], user: string): Mutable<ViewEntry> {
  const view = all(entries, 'view').find(it => it.user === user)
  if (!view) throw new Error(`The sample has no view of ${user}.`)
  return view
}

/** In both views and over REST, as a defect of the store shows itself. */
function inLog(entries: readonly Entry[], change: (messages: SeenMessage[]) => SeenMessage[]): void {
  for (const view of all(entries, 'view')) view.messages = change([...view.messages])
  for (const roam of all(entries, 'roam')) {
    const view = viewOf(entries, roam.user)
    roam.messages = view.messages.map(({ key, from, text, recalled, version }) => ({
      key,
      from,
      text,
      recalled,
      version,
    }))
  }
}

/** A call and its return at the place where the final state begins. */
function addCall(entries: Entry[], at: number, call: object, ok = true): void {
  const place = entries.findIndex(it => it.t === 'view')
  const end = ok ? { ok } : { ok, code: 2801, info: '' }
  entries.splice(
    place,
    0,
    { t: 'call', at, call: 1_000 + place, ...call } as Entry,
    { t: 'return', at: at + 5, call: 1_000 + place, ...end } as Entry,
  )
}

const bySeq = (seq: number, change: Partial<SeenMessage>) => (messages: SeenMessage[]) =>
  messages.map(it => (it.seq === seq ? { ...it, ...change } : it))

test('a history that keeps the contract is judged clean', () => {
  expect(judge(sampleHistory())).toEqual([])
})

test('a history without a final state is refused', () => {
  expect(() => judge(sampleHistory().filter(it => it.t !== 'view'))).toThrow('no final state')
})

describe('the judge finds', () => {
  test('a lost message', () => {
    const rules = found(entries => {
      for (const view of all(entries, 'view')) view.headSeq = 5
      inLog(entries, messages => messages.filter(it => it.seq !== 6))
    })
    expect(rules).toContain('lost')
  })

  test('a message that is stored twice under two keys', () => {
    const rules = found(entries => {
      for (const view of all(entries, 'view')) view.headSeq = 7
      inLog(entries, messages => [...messages, { ...(messages[0] as SeenMessage), seq: 7, id: 'a1 again' }])
    })
    expect(rules).toContain('doubled')
  })

  test('a message that nobody sent', () => {
    expect(found(entries => inLog(entries, bySeq(1, { id: 'x' })))).toContain('doubled')
  })

  test('two messages that changed places', () => {
    const rules = found(entries =>
      inLog(entries, messages =>
        messages
          .map(it => (it.seq === 1 ? { ...it, seq: 4 } : it.seq === 4 ? { ...it, seq: 1 } : it))
          .sort((a, b) => a.seq - b.seq),
      ),
    )
    expect(rules).toEqual(expect.arrayContaining(['lost', 'order']))
  })

  test('a send of one device that overtook an acknowledged one, also without the numbers of the answers', () => {
    const rules = found(entries => {
      for (const entry of all(entries, 'return')) if (entry.ok) delete (entry as { seq?: number }).seq
      inLog(entries, messages =>
        messages
          .map(it => (it.seq === 1 ? { ...it, seq: 2 } : it.seq === 2 ? { ...it, seq: 1 } : it))
          .sort((a, b) => a.seq - b.seq),
      )
    })
    expect(rules).toContain('order')
  })

  test('a hole in the numbers', () => {
    const rules = found(entries => {
      addCall(entries, 2_000, {
        op: 'delete',
        user: 'ana',
        device: 'ana.1',
        session: 1,
        peer: 'bo',
        id: 'a5',
      })
      addCall(entries, 2_000, { op: 'delete', user: 'bo', device: 'bo.1', session: 1, peer: 'ana', id: 'a5' })
      inLog(entries, messages => messages.filter(it => it.seq !== 6))
    })
    expect(rules).toContain('dense')
  })

  test('sides that name different heads', () => {
    expect(
      found(entries => {
        viewOf(entries, 'ana').headSeq = 7
      }),
    ).toContain('dense')
  })

  test('a reader that disagrees', () => {
    const rules = found(entries => {
      const view = viewOf(entries, 'bo')
      view.messages = view.messages.filter(it => it.seq !== 1)
    })
    expect(rules).toContain('agreement')
  })

  test('REST telling another text than the SDK’s commands', () => {
    const rules = found(entries => {
      for (const roam of all(entries, 'roam'))
        roam.messages = roam.messages.map((it, at) => (at === 1 ? { ...it, text: 'm2' } : it))
    })
    expect(rules).toEqual(['agreement'])
  })

  test('but not a message missing on the side that deleted it', () => {
    const rules = found(entries => {
      addCall(entries, 2_000, {
        op: 'delete',
        user: 'ana',
        device: 'ana.1',
        session: 1,
        peer: 'bo',
        id: 'a1',
      })
      const gone = (id: string) => id !== 'a1'
      const view = viewOf(entries, 'ana')
      view.messages = view.messages.filter(it => gone(it.id))
      for (const roam of all(entries, 'roam'))
        if (roam.user === 'ana') roam.messages = roam.messages.filter(it => it.key !== 'k1')
    })
    expect(rules).toEqual([])
  })

  test('an app that shows an old text', () => {
    const rules = found(entries => {
      for (const screen of all(entries, 'screen'))
        screen.messages = screen.messages.map(it => (it.id === 'a2' ? { ...it, version: 0, text: 'm2' } : it))
    })
    expect(rules).toEqual(['screens'])
  })

  test('an app whose list drifted from that of a fresh login', () => {
    const rules = found(entries => {
      for (const screen of all(entries, 'screen'))
        if (screen.device === 'bo.1')
          screen.conversations = screen.conversations.map(it => ({ ...it, unread: 2 }))
    })
    expect(rules).toEqual(['screens'])
  })

  test('an event that came twice', () => {
    const rules = found(entries => {
      const at = entries.findIndex(it => it.t === 'received')
      entries.splice(at, 0, structuredClone(entries[at]) as Entry)
    })
    expect(rules).toEqual(['delivery'])
  })

  test('an event of a message that is not stored', () => {
    const rules = found(entries => {
      const at = entries.findIndex(it => it.t === 'view')
      const [event] = all(entries, 'received').slice(-1)
      if (event) entries.splice(at, 0, { ...event, id: 'a6', seq: 7 })
    })
    expect(rules).toEqual(['delivery'])
  })

  test('an event that came too early', () => {
    const rules = found(entries => {
      const [a, b] = ['a1', 'a2'].map(id => entries.findIndex(it => it.t === 'received' && it.id === id))
      if (a === undefined || b === undefined) throw new Error('The sample has changed.')
      ;[entries[a], entries[b]] = [entries[b] as Entry, entries[a] as Entry]
    })
    expect(rules).toEqual(['delivery'])
  })

  test('an event that never came', () => {
    const rules = found(entries => {
      entries.splice(
        entries.findLastIndex(it => it.t === 'received'),
        1,
      )
    })
    expect(rules).toEqual(['delivery'])
  })

  test('an event that is left out between two, also of a login that is over', () => {
    const rules = found(entries => {
      entries.splice(
        entries.findIndex(it => it.t === 'received' && it.id === 'a2'),
        1,
      )
      for (let at = entries.length - 1; at >= 0; at--) if (entries[at]?.t === 'screen') entries.splice(at, 1)
    })
    expect(rules).toEqual(['delivery'])
  })

  test('a read mark that goes back', () => {
    const rules = found(entries => {
      const [item] = all(entries, 'item').slice(-1)
      if (item) entries.splice(entries.length, 0, { ...item, logNo: 3, readSeq: 1 })
    })
    expect(rules).toEqual(['read-marks'])
  })

  test('reading that was confirmed and forgotten', () => {
    const rules = found(entries => {
      for (const read of all(entries, 'read')) read.seq = 3
    })
    expect(rules).toEqual(['read-marks'])
  })

  test('reading that nobody asked for', () => {
    const rules = found(entries => {
      for (const read of all(entries, 'read')) read.seq = 1
    })
    expect(rules).toEqual(['read-marks'])
  })

  test('a peer that does not know what was read', () => {
    const rules = found(entries => {
      viewOf(entries, 'ana').peerReadSeq = 1
    })
    expect(rules).toEqual(['read-marks'])
  })

  test('a drifted unread count', () => {
    const rules = found(entries => {
      viewOf(entries, 'bo').unread = 2
    })
    expect(rules).toEqual(['unread'])
  })

  test('a drifted unread count over REST', () => {
    const rules = found(entries => {
      for (const roam of all(entries, 'roam')) roam.unread = 0
    })
    expect(rules).toEqual(['unread'])
  })

  test('a stale edit', () => {
    const rules = found(entries => {
      inLog(entries, bySeq(2, { text: 'm2', version: 0 }))
      for (const screen of all(entries, 'screen'))
        screen.messages = screen.messages.map(it => (it.id === 'a2' ? { ...it, version: 0, text: 'm2' } : it))
    })
    expect(rules).toEqual(['changes'])
  })

  test('two acknowledged edits of one version', () => {
    const rules = found(entries =>
      addCall(entries, 2_000, {
        op: 'edit',
        user: 'ana',
        device: 'ana.1',
        session: 1,
        peer: 'bo',
        id: 'a2',
        base: 0,
        text: 'e2',
      }),
    )
    expect(rules).toEqual(['changes'])
  })

  test('but not an edit of unknown outcome that took effect', () => {
    const rules = found(entries => {
      const edit = {
        op: 'edit',
        user: 'ana',
        device: 'ana.1',
        session: 1,
        peer: 'bo',
        id: 'a2',
        base: 1,
        text: 'e2',
      }
      addCall(entries, 2_000, edit, false)
      inLog(entries, bySeq(2, { text: 'e2', version: 2 }))
      for (const screen of all(entries, 'screen'))
        screen.messages = screen.messages.map(it => (it.id === 'a2' ? { ...it, version: 2, text: 'e2' } : it))
    })
    expect(rules).toEqual([])
  })

  test('a recall that did not hold', () => {
    const rules = found(entries => {
      inLog(entries, bySeq(3, { recalled: false, text: 'm3' }))
    })
    expect(rules).toContain('changes')
  })

  test('a revoked UserSig that a node accepts late', () => {
    const rules = found(entries =>
      addCall(entries, KICKED_AT + 1_001, {
        op: 'login',
        user: 'cy',
        device: 'checker',
        session: 0,
        issued: 0,
        node: 'node3',
      }),
    )
    expect(rules).toEqual(['revoked-login'])
  })

  test('but not one that a node accepts within the second', () => {
    const rules = found(entries =>
      addCall(entries, KICKED_AT + 900, {
        op: 'login',
        user: 'cy',
        device: 'checker',
        session: 0,
        issued: 0,
      }),
    )
    expect(rules).toEqual([])
  })

  test('a revoked login that still pins', () => {
    const rules = found(entries =>
      addCall(entries, KICKED_AT + 1_100, { op: 'pin', ...CY, peer: 'ana', pinned: true }),
    )
    expect(rules).toEqual(['revoked-login'])
  })

  test('a new UserSig that is refused after a kick', () => {
    const rules = found(entries => {
      const at = entries.findLastIndex(it => it.t === 'return')
      const { call } = entries[at] as Of<'return'>
      entries[at] = { t: 'return', at: 4_210, call, ok: false, code: 70_052, info: '' }
    })
    expect(rules).toEqual(['revoked-login'])
  })

  test('a device that never came back', () => {
    const rules = found(entries => {
      entries.push({ t: 'unsettled', at: 5_000, user: 'bo' })
    })
    expect(rules).toEqual(['settled'])
  })

  test('a fresh login that was not possible at the end', () => {
    const rules = found(entries => {
      entries.splice(
        entries.findIndex(it => it.t === 'screen' && it.fresh),
        1,
      )
    })
    expect(rules).toEqual(['screens'])
  })

  test('a frame that is no JSON', () => {
    const rules = found(entries => {
      entries.push({ t: 'bad-frame', at: 5_000, user: 'bo', direction: 'down', text: '{"Seq":undefined}' })
    })
    expect(rules).toEqual(['frames'])
  })

  test('changes that lead elsewhere than a fresh snapshot', () => {
    const rules = found(entries => {
      for (const mirror of all(entries, 'mirror'))
        mirror.differences = [
          { of: 'item', peer: 'ana', kept: { UnreadMsgNum: 2 }, fresh: { UnreadMsgNum: 1 } },
        ]
    })
    expect(rules).toEqual(['snapshot'])
  })

  test('a message that changes did not bring', () => {
    const rules = found(entries => {
      const [fresh] = viewOf(entries, 'bo').messages
      for (const mirror of all(entries, 'mirror'))
        mirror.differences = [{ of: 'message', peer: 'ana', id: 'a1', ...(fresh && { fresh }) }]
    })
    expect(rules).toEqual(['snapshot'])
  })
})
