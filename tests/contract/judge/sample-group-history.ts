import { GroupTip } from '@rookery/protocol/group-notice'
import type { Entry, SeenMessage, SeenTip } from '../history/entry.ts'

type View = Extract<Entry, { readonly t: 'view' }>
type Screen = Extract<Entry, { readonly t: 'screen' }>
type Final = Extract<Entry, { readonly t: 'group-final' | 'group-node' | 'applications' }>

const GROUP = 'hall'
export const ANA = { user: 'ana', device: 'ana.1', session: 1 }
export const BO = { user: 'bo', device: 'bo.1', session: 1 }
/** Joins, and is removed. */
export const CY = { user: 'cy', device: 'cy.1', session: 1 }

const PLAIN = { recalled: false, version: 0, changeNo: 0 } as const

function message(seq: number, id: string, from: string, text: string): SeenMessage {
  return { seq, id, key: `k${seq}`, from, text, countable: true, ...PLAIN }
}

function tip(seq: number, it: SeenTip): SeenMessage {
  return { ...message(seq, `t${seq}`, '@TIM#SYSTEM', ''), countable: false, tip: it }
}

const LOG: readonly SeenMessage[] = [
  tip(1, { op: GroupTip.JOINED, by: 'administrator', users: ['bo'], members: 2 }),
  message(2, 'g2', 'ana', 'm2'),
  tip(3, { op: GroupTip.JOINED, by: 'cy', users: ['cy'], members: 3 }),
  message(4, 'g4', 'ana', 'm4'),
  tip(5, { op: GroupTip.KICKED, by: 'ana', users: ['cy'] }),
  message(6, 'g6', 'ana', 'm6'),
  tip(7, { op: GroupTip.PROFILE, by: 'ana', users: [], name: 'n2' }),
  message(8, 'g8', 'bo', 'm8'),
]

/** A small run with one public group in which every promise was kept. Each call gives a copy that a test may change. */
export function sampleGroupHistory(): Entry[] {
  const entries: Entry[] = []
  let calls = 0
  const call = (it: object, seq?: number) => {
    calls += 1
    const at = calls * 100
    entries.push({ t: 'call', at, call: calls, group: GROUP, ...it } as Entry)
    entries.push({ t: 'return', at: at + 10, call: calls, ok: true, ...(seq !== undefined && { seq }) })
  }
  const told = (seq: number, ...people: (typeof ANA)[]) => {
    for (const who of people)
      entries.push({ t: 'received', at: calls * 100 + 20, ...who, peer: GROUP, id: idOf(seq), seq })
  }
  const send = (who: typeof ANA, seq: number, ...others: (typeof ANA)[]) => {
    call({ op: 'send', ...who, peer: GROUP, id: idOf(seq), text: `m${seq}` }, seq)
    told(seq, ...others)
  }
  entries.push({ t: 'run', seed: 1, command: '' })
  entries.push({ t: 'group', group: GROUP, type: 'Public', name: 'n1', owner: 'ana', members: ['ana', 'bo'] })
  for (const who of [ANA, BO, CY]) {
    call({ op: 'login', ...who, issued: entries.length })
    entries.push({ t: 'ready', at: 20, ...who })
  }
  send(ANA, 2, BO)
  call({ op: 'join', ...CY })
  told(3, ANA, BO, CY)
  send(ANA, 4, BO, CY)
  call({ op: 'remove', ...ANA, target: 'cy' })
  told(5, ANA, BO)
  send(ANA, 6, BO)
  call({ op: 'mute', ...ANA, target: 'cy', seconds: 600 })
  call({ op: 'rename', ...ANA, name: 'n2' })
  told(7, ANA, BO)
  send(BO, 8, ANA)
  entries.push(...finals())
  return structuredClone(entries)
}

const idOf = (seq: number): string => LOG.find(it => it.seq === seq)?.id ?? ''

function finals(): (View | Final | Screen)[] {
  const view = (
    user: string,
    unread: number,
    readSeq: number,
    [from, to]: readonly [number, number],
  ): View => ({
    t: 'view',
    user,
    peer: GROUP,
    headSeq: to,
    changeNo: 0,
    unread,
    readSeq,
    peerReadSeq: 0,
    pinned: false,
    member: to === LOG.length,
    messages: LOG.filter(it => it.seq >= from && it.seq <= to),
  })
  const screen = (who: typeof ANA, fresh: boolean, unread: number, lastSeq: number): Screen => ({
    t: 'screen',
    ...who,
    ...(fresh && { device: `${who.user}.fresh` }),
    fresh,
    conversations: [
      {
        peer: GROUP,
        unread,
        pinned: false,
        lastSeq,
        lastRecalled: false,
        lastText: `m${lastSeq}`,
        peerReadTime: 0,
      },
    ],
    messages: [],
  })
  return [
    view('ana', 1, 0, [1, 8]),
    view('bo', 3, 0, [1, 8]),
    // All before the joining counts as read.
    view('cy', 1, 2, [3, 4]),
    {
      t: 'group-final',
      group: GROUP,
      name: 'n2',
      muteAll: false,
      memberNum: 2,
      members: [
        { user: 'ana', role: 'Owner' },
        { user: 'bo', role: 'Member' },
      ],
      messages: LOG.map(({ seq, key, from, text, recalled }) => ({ seq, key, from, text, recalled })),
    },
    ...['node1', 'node2'].map(node => ({
      t: 'group-node' as const,
      group: GROUP,
      node,
      memberNum: 2,
      members: [
        { user: 'ana', role: 'Owner', readSeq: 0 },
        { user: 'bo', role: 'Member', readSeq: 0 },
      ],
    })),
    { t: 'applications', group: GROUP, by: 'ana', items: [] },
    ...[false, true].flatMap(fresh => [
      screen(ANA, fresh, 1, 8),
      screen(BO, fresh, 3, 8),
      screen(CY, fresh, 1, 4),
    ]),
  ]
}
