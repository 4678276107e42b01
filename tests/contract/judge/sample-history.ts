import type { Entry, SeenMessage } from '../history/entry.ts'

type View = Extract<Entry, { readonly t: 'view' }>
type Roam = Extract<Entry, { readonly t: 'roam' }>
type Screen = Extract<Entry, { readonly t: 'screen' }>

const ana = { user: 'ana', device: 'ana.1', session: 1 }
const bo = { user: 'bo', device: 'bo.1', session: 1 }
/** Logs in before the kick, acts after it only in planted bugs. */
export const CY = { user: 'cy', device: 'cy.1', session: 1 }
/** When the kick of cy was answered, in milliseconds. */
export const KICKED_AT = 3_000

function message(
  seq: number,
  id: string,
  from: string,
  text: string,
  more: Partial<SeenMessage> = {},
): SeenMessage {
  return {
    seq,
    id,
    key: `k${seq}`,
    from,
    text,
    recalled: false,
    version: 0,
    changeNo: 0,
    countable: true,
    ...more,
  }
}

/** a1 plain, a2 edited to e1, a3 recalled, b1 of bo, a4 maybe sent and then again, a5 uncounted. */
const LOG: readonly SeenMessage[] = [
  message(1, 'a1', 'ana', 'm1'),
  message(2, 'a2', 'ana', 'e1', { version: 1, changeNo: 1 }),
  message(3, 'a3', 'ana', '', { recalled: true, changeNo: 2 }),
  message(4, 'b1', 'bo', 'm4'),
  message(5, 'a4', 'ana', 'm5'),
  message(6, 'a5', 'ana', 'm6', { countable: false }),
]

/** A small run in which every promise was kept. Each call gives a copy that a test may change. */
export function sampleHistory(): Entry[] {
  const entries: Entry[] = []
  let calls = 0
  const call = (at: number, it: object, end: object = { ok: true }) => {
    calls += 1
    entries.push({ t: 'call', at, call: calls, ...it } as Entry)
    entries.push({ t: 'return', at: at + 10, call: calls, ...end } as Entry)
  }
  const send = (at: number, who: typeof ana, peer: string, id: string, text: string, seq: number) => {
    call(at, { op: 'send', ...who, peer, id, text }, { ok: true, seq })
    const to = peer === 'ana' ? ana : bo
    entries.push({ t: 'received', at: at + 20, ...to, peer: who.user, id, seq })
  }
  entries.push({ t: 'run', seed: 1, command: '' })
  for (const who of [ana, bo, CY]) {
    call(0, { op: 'login', ...who, issued: entries.length })
    entries.push({ t: 'ready', at: 20, ...who })
  }
  send(100, ana, 'bo', 'a1', 'm1', 1)
  send(200, ana, 'bo', 'a2', 'm2', 2)
  send(300, ana, 'bo', 'a3', 'm3', 3)
  send(400, bo, 'ana', 'b1', 'm4', 4)
  call(500, { op: 'send', ...ana, peer: 'bo', id: 'a4', text: 'm5' }, { ok: false, code: 2801, info: '' })
  call(600, { op: 'send', ...ana, peer: 'bo', id: 'a4', text: 'm5', again: true }, { ok: true, seq: 5 })
  entries.push({ t: 'received', at: 620, ...bo, peer: 'ana', id: 'a4', seq: 5 })
  send(700, ana, 'bo', 'a5', 'm6', 6)
  call(800, { op: 'edit', ...bo, peer: 'ana', id: 'a2', base: 0, text: 'e1' })
  call(900, { op: 'recall', ...ana, peer: 'bo', id: 'a3' })
  entries.push({ t: 'read', at: 1_000, is: 'asked', user: 'bo', peer: 'ana', seq: 2 })
  entries.push({ t: 'read', at: 1_010, is: 'done', user: 'bo', peer: 'ana', seq: 2 })
  const item = { t: 'item', user: 'bo', peer: 'ana', headSeq: 6, changeNo: 2, peerReadSeq: 0 } as const
  entries.push({ ...item, at: 1_020, logNo: 1, readSeq: 0 }, { ...item, at: 1_030, logNo: 2, readSeq: 2 })
  const issued = entries.length
  call(KICKED_AT - 10, { op: 'kick', user: 'cy' })
  const checker = { op: 'login', user: 'cy', device: 'checker', session: 0, node: 'node2' }
  call(4_100, { ...checker, issued }, { ok: false, code: 70_052, info: '' })
  call(4_200, { ...checker, issued: entries.length })
  entries.push(...finals())
  entries.push({ t: 'mirror', at: 5_000, user: 'bo', mark: 0, forgotten: false, differences: [] })
  return structuredClone(entries)
}

function finals(): (View | Roam | Screen)[] {
  const view = { t: 'view', headSeq: 6, changeNo: 2, pinned: false, messages: LOG } as const
  const messages = LOG.map(({ key, from, text, recalled, version }) => ({
    key,
    from,
    text,
    recalled,
    version,
  }))
  const shown = LOG.map(({ id, seq, version, recalled, text }) => ({ id, seq, version, recalled, text }))
  const list = (peer: string, unread: number) => ({
    conversations: [
      { peer, unread, pinned: false, lastSeq: 6, lastRecalled: false, lastText: 'm6', peerReadTime: 0 },
    ],
  })
  return [
    { ...view, user: 'ana', peer: 'bo', unread: 1, readSeq: 0, peerReadSeq: 2 },
    // Above the mark: a3 recalled, a4 counts, a5 does not.
    { ...view, user: 'bo', peer: 'ana', unread: 1, readSeq: 2, peerReadSeq: 0 },
    { t: 'roam', user: 'ana', peer: 'bo', unread: 1, messages },
    { t: 'roam', user: 'bo', peer: 'ana', unread: 1, messages },
    { t: 'screen', ...ana, fresh: false, ...list('bo', 1), messages: shown },
    { t: 'screen', ...bo, fresh: false, ...list('ana', 1), messages: shown },
    { t: 'screen', ...ana, device: 'ana.fresh', fresh: true, ...list('bo', 1), messages: [] },
    { t: 'screen', ...bo, device: 'bo.fresh', fresh: true, ...list('ana', 1), messages: [] },
  ]
}
