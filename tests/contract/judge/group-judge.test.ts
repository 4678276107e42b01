import { describe, expect, test } from 'bun:test'
import type { Entry, SeenMessage, ViewEntry } from '../history/entry.ts'
import { judge } from './judge.ts'
import { ANA, BO, CY, sampleGroupHistory } from './sample-group-history.ts'

type Of<T extends Entry['t']> = Extract<Entry, { readonly t: T }>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The app's own calls, over REST. */
const APP = { user: 'administrator', device: 'REST', session: 0 }

/** The rules that find something in the sample after `plant`. */
function found(plant: (entries: Entry[]) => void): string[] {
  const entries = sampleGroupHistory()
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

function finalOf(entries: readonly Entry[]): Mutable<Of<'group-final'>> {
  const [final] = all(entries, 'group-final')
  if (!final) throw new Error('The sample has no state of its group over REST.')
  return final
}

/** In all views, as a defect of the store shows itself. */
function inLog(entries: readonly Entry[], change: (message: SeenMessage) => SeenMessage): void {
  for (const view of all(entries, 'view')) view.messages = view.messages.map(change)
}

/** A call and its success at the place where the final state begins. */
function addCall(entries: Entry[], call: object, seq?: number): void {
  const place = entries.findIndex(it => it.t === 'view')
  entries.splice(place, 0, { t: 'call', at: 9_000, call: 1_000 + place, group: 'hall', ...call } as Entry, {
    t: 'return',
    at: 9_010,
    call: 1_000 + place,
    ok: true,
    ...(seq !== undefined && { seq }),
  })
}

/** At the end: a message above all others, of which everybody in the group was told. */
function append(entries: Entry[], message: SeenMessage, told: readonly (typeof ANA)[]): void {
  const place = entries.findIndex(it => it.t === 'view')
  const { id, seq } = message
  entries.splice(
    place,
    0,
    ...told.map(who => ({ t: 'received', at: 9_020, ...who, peer: 'hall', id, seq }) as const),
  )
  for (const user of ['ana', 'bo']) {
    const view = viewOf(entries, user)
    view.headSeq = seq
    view.messages = [...view.messages, message]
    if (message.from !== user && message.countable) view.unread += 1
  }
  const final = finalOf(entries)
  const { key, from, text, recalled } = message
  final.messages = [...final.messages, { seq, key, from, text, recalled }]
}

const ninth = (from: string): SeenMessage => ({
  seq: 9,
  id: 'g9',
  key: 'k9',
  from,
  text: 'm9',
  recalled: false,
  version: 0,
  changeNo: 0,
  countable: true,
})

test('a history of a group that keeps the contract is judged clean', () => {
  expect(judge(sampleGroupHistory())).toEqual([])
})

test('so is one in which a further message was sent and told', () => {
  const rules = found(entries => {
    addCall(entries, { op: 'send', ...BO, peer: 'hall', id: 'g9', text: 'm9' }, 9)
    append(entries, ninth('bo'), [ANA])
  })
  expect(rules).toEqual([])
})

describe('in a group the judge finds', () => {
  test('a message that is told after the removal', () => {
    const rules = found(entries => {
      const event = all(entries, 'received').find(it => it.seq === 6)
      const place = entries.findIndex(it => it.t === 'view')
      if (event) entries.splice(place, 0, { ...event, ...CY })
    })
    expect(rules).toEqual(['group-delivery'])
  })

  test('a message from after the removal in the history of who is out', () => {
    const rules = found(entries => {
      const view = viewOf(entries, 'cy')
      view.messages = [...view.messages, ...viewOf(entries, 'ana').messages.filter(it => it.seq === 6)]
    })
    expect(rules).toContain('group-delivery')
  })

  test('a message from before the joining in a history that begins there', () => {
    const rules = found(entries => {
      const view = viewOf(entries, 'cy')
      view.messages = [...viewOf(entries, 'ana').messages.filter(it => it.seq === 2), ...view.messages]
    })
    expect(rules).toEqual(['group-delivery'])
  })

  test('an event that is missed after the joining', () => {
    const rules = found(entries => {
      const place = entries.findIndex(it => it.t === 'received' && it.user === 'cy' && it.seq === 4)
      entries.splice(place, 1)
    })
    expect(rules).toEqual(['group-delivery'])
  })

  test('a message that is missed after the joining in the history', () => {
    const rules = found(entries => {
      const view = viewOf(entries, 'cy')
      view.messages = view.messages.filter(it => it.seq !== 4)
      view.unread = 0
    })
    expect(rules).toEqual(['group-delivery'])
  })

  test('a wrong member count', () => {
    expect(
      found(entries => {
        finalOf(entries).memberNum = 3
      }),
    ).toEqual(['group-members'])
  })

  test('a wrong member count in a tip', () => {
    const rules = found(entries =>
      inLog(entries, it => (it.tip && it.seq === 3 ? { ...it, tip: { ...it.tip, members: 2 } } : it)),
    )
    expect(rules).toEqual(['group-tips'])
  })

  test('a list with somebody who was removed', () => {
    const rules = found(entries => {
      const final = finalOf(entries)
      final.members = [...final.members, { user: 'cy', role: 'Member' }]
    })
    expect(rules).toEqual(['group-members'])
  })

  test('a role that nobody gave', () => {
    const rules = found(entries => {
      const final = finalOf(entries)
      final.members = final.members.map(it => (it.user === 'bo' ? { ...it, role: 'Admin' } : it))
    })
    expect(rules).toEqual(['group-members'])
  })

  test('a conversation that says its owner is still in', () => {
    expect(
      found(entries => {
        viewOf(entries, 'cy').member = true
      }),
    ).toContain('group-members')
  })

  test('a group that is gone and that nobody dismissed', () => {
    const rules = found(entries => {
      entries.splice(
        entries.findIndex(it => it.t === 'group-final'),
        1,
      )
    })
    expect(rules).toContain('group-members')
  })

  test('a drifted unread count', () => {
    expect(
      found(entries => {
        viewOf(entries, 'bo').unread = 4
      }),
    ).toEqual(['group-unread'])
  })

  test('tips that changed places', () => {
    const rules = found(entries => {
      const [joined, removed] = [3, 5].map(seq => viewOf(entries, 'ana').messages.find(it => it.seq === seq))
      inLog(entries, it => {
        const other = it.seq === 3 ? removed : it.seq === 5 ? joined : undefined
        return other?.tip ? { ...it, tip: other.tip } : it
      })
    })
    expect(rules).toContain('group-tips')
  })

  test('a tip that changed places with a message, though each makes sense where it stands', () => {
    const rules = found(entries => {
      const [renamed, sent] = [7, 8].map(seq => viewOf(entries, 'ana').messages.find(it => it.seq === seq))
      if (!renamed || !sent) throw new Error('The sample has changed.')
      for (const entry of all(entries, 'received'))
        if (entry.seq === 7) entry.seq = 8
        else if (entry.seq === 8) entry.seq = 7
      for (const user of ['ana', 'bo']) {
        const view = viewOf(entries, user)
        view.messages = [
          ...view.messages.filter(it => it.seq < 7),
          { ...sent, seq: 7 },
          { ...renamed, seq: 8 },
        ]
      }
    })
    expect(rules).toContain('group-tips')
  })

  test('a tip of what nobody did', () => {
    const rules = found(entries =>
      append(
        entries,
        {
          ...ninth('@TIM#SYSTEM'),
          text: '',
          countable: false,
          tip: { op: 6, by: 'bo', users: [], name: 'n2' },
        },
        [ANA, BO],
      ),
    )
    expect(rules).toEqual(['group-tips'])
  })

  test('an acknowledged change without a tip', () => {
    expect(found(entries => addCall(entries, { op: 'add', ...BO, target: 'dee' }))).toEqual(['group-tips'])
  })

  test('but not one that changed nothing', () => {
    expect(found(entries => addCall(entries, { op: 'remove', ...ANA, target: 'cy' }))).toEqual([])
  })

  test('a message of somebody who is out', () => {
    const rules = found(entries => {
      addCall(entries, { op: 'send', ...CY, peer: 'hall', id: 'g9', text: 'm9' }, 9)
      append(entries, ninth('cy'), [ANA, BO])
    })
    expect(rules).toEqual(['group-senders'])
  })

  test('a message of somebody who is muted', () => {
    const rules = found(entries => {
      addCall(entries, { op: 'mute', ...ANA, target: 'bo', seconds: 600 })
      const muted = { op: 7, by: 'ana', users: ['bo'] }
      append(entries, { ...ninth('@TIM#SYSTEM'), id: 't9', text: '', countable: false, tip: muted }, [
        ANA,
        BO,
      ])
      addCall(entries, { op: 'send', ...BO, peer: 'hall', id: 'g10', text: 'm10' }, 10)
      append(entries, { ...ninth('bo'), seq: 10, id: 'g10', key: 'k10', text: 'm10' }, [ANA])
    })
    expect(rules).toEqual(['group-senders'])
  })

  test('a message of a muted member that was handed the group since is none', () => {
    const rules = found(entries => {
      addCall(entries, { op: 'mute', ...ANA, target: 'bo', seconds: 600 })
      addCall(entries, { op: 'transfer', ...ANA, target: 'bo' })
      addCall(entries, { op: 'send', ...BO, peer: 'hall', id: 'g9', text: 'm9' }, 9)
      append(entries, ninth('bo'), [ANA, BO])
    })
    expect(rules).not.toContain('group-senders')
  })

  test('a message of somebody where everybody was muted, which spares owner and admins', () => {
    const mute = (entries: Entry[]) => addCall(entries, { op: 'mute-all', ...ANA, on: true })
    const say = (entries: Entry[], who: typeof ANA, ...told: (typeof ANA)[]) => {
      addCall(entries, { op: 'send', ...who, peer: 'hall', id: 'g9', text: 'm9' }, 9)
      append(entries, ninth(who.user), told)
      finalOf(entries).muteAll = true
    }
    const byMember = found(entries => {
      mute(entries)
      say(entries, BO, ANA)
    })
    expect(byMember).toEqual(['group-senders'])
    const byOwner = found(entries => {
      mute(entries)
      say(entries, ANA, BO)
    })
    expect(byOwner).toEqual([])
  })

  test('everybody muted at the end, though the last that was done lifted it', () => {
    const rules = found(entries => {
      addCall(entries, { op: 'mute-all', ...ANA, on: true })
      addCall(entries, { op: 'mute-all', ...ANA, on: false })
      finalOf(entries).muteAll = true
    })
    expect(rules).toEqual(['group-members'])
  })

  test('a message of somebody after the removal, also where the log tells of none', () => {
    const rules = found(entries => {
      inLog(entries, it => (it.seq === 5 && it.tip ? { ...it, tip: { ...it.tip, op: 7 } } : it))
      addCall(entries, { op: 'send', ...CY, peer: 'hall', id: 'g9', text: 'm9' }, 9)
      append(entries, ninth('cy'), [ANA, BO])
    })
    expect(rules).toContain('group-senders')
  })

  test('somebody who is let in, or writes, in spite of a ban, unless it was lifted', () => {
    const banned = (entries: Entry[]) => addCall(entries, { op: 'ban', ...APP, target: 'cy' })
    const enter = (entries: Entry[], call: object) => {
      addCall(entries, call)
      const joined = { op: 1, by: 'cy', users: ['cy'], members: 3 }
      append(entries, { ...ninth('@TIM#SYSTEM'), id: 't9', text: '', countable: false, tip: joined }, [
        ANA,
        BO,
      ])
    }
    const join = { op: 'join', ...CY }
    expect(
      found(entries => {
        banned(entries)
        enter(entries, join)
      }),
    ).toContain('group-bans')
    expect(
      found(entries => {
        banned(entries)
        addCall(entries, { op: 'unban', ...APP, target: 'cy' })
        enter(entries, join)
      }),
    ).not.toContain('group-bans')
    const sends = found(entries => {
      banned(entries)
      addCall(entries, { op: 'send', ...CY, peer: 'hall', id: 'g9', text: 'm9' }, 9)
      append(entries, ninth('cy'), [ANA, BO])
    })
    expect(sends).toContain('group-senders')
  })

  test('a mute without its tip, unless its target stands as high', () => {
    const muted = (by: typeof ANA, target: string) =>
      found(entries => addCall(entries, { op: 'mute', ...by, target, seconds: 600 }))
    expect([muted(ANA, 'bo'), muted(BO, 'ana')]).toEqual([['group-tips'], []])
  })

  test('two owners', () => {
    const rules = found(entries => {
      for (const it of [finalOf(entries), ...all(entries, 'group-node')])
        it.members = it.members.map(member => ({ ...member, role: 'Owner', readSeq: 0 }))
    })
    expect(rules).toEqual(['group-members'])
  })

  test('a group handed over without its tip, or with the tip and the old owner in the list', () => {
    const transfer = { op: 'transfer', ...ANA, target: 'bo' }
    expect(found(entries => addCall(entries, transfer))).toEqual(['group-tips'])
    const handOver = (entries: Entry[]) => {
      addCall(entries, transfer)
      const tip = { op: 6, by: 'ana', users: ['bo'], owner: 'bo' }
      append(entries, { ...ninth('@TIM#SYSTEM'), id: 't9', text: '', countable: false, tip }, [ANA, BO])
    }
    expect(found(handOver)).toEqual(['group-members'])
    const swapped = found(entries => {
      handOver(entries)
      const role = ({ user }: { readonly user: string }) => (user === 'bo' ? 'Owner' : 'Member')
      const final = finalOf(entries)
      final.members = final.members.map(it => ({ ...it, role: role(it) }))
      for (const node of all(entries, 'group-node'))
        node.members = node.members.map(it => ({ ...it, role: role(it) }))
    })
    expect(swapped).toEqual([])
  })

  test('two nodes that disagree about a role, or a member count', () => {
    const rules = (change: (node: Mutable<Of<'group-node'>>) => void) =>
      found(entries => {
        const [node] = all(entries, 'group-node')
        if (node) change(node)
      })
    expect(
      rules(node => {
        node.members = node.members.map(it => (it.user === 'bo' ? { ...it, role: 'Admin' } : it))
      }),
    ).toEqual(['group-members'])
    expect(
      rules(node => {
        node.memberNum = 3
      }),
    ).toEqual(['group-members'])
  })

  test('a read position over REST that is not that of the conversation', () => {
    const rules = found(entries => {
      const [node] = all(entries, 'group-node')
      if (node) node.members = node.members.map(it => ({ ...it, readSeq: 2 }))
    })
    expect(rules).toEqual(['group-unread'])
  })

  test('an application that is lost, forgotten after its answer, or answered by nobody', () => {
    const apply = { op: 'apply', ...CY }
    const answer = { op: 'handle', ...ANA, target: 'cy', agree: false }
    const listed = (entries: Entry[], ...items: { applicant: string; isOpen: boolean }[]) => {
      for (const list of all(entries, 'applications')) list.items = items
    }
    const rules = (calls: readonly object[], ...items: { applicant: string; isOpen: boolean }[]) =>
      found(entries => {
        for (const call of calls) addCall(entries, call)
        listed(entries, ...items)
      })
    expect(rules([apply])).toEqual(['group-applications'])
    expect(rules([apply], { applicant: 'cy', isOpen: true })).toEqual([])
    expect(rules([apply], { applicant: 'cy', isOpen: false })).toEqual(['group-applications'])
    expect(rules([apply, answer], { applicant: 'cy', isOpen: false })).toEqual([])
    expect(rules([apply, answer], { applicant: 'cy', isOpen: true })).toEqual(['group-applications'])
    expect(rules([apply, answer, apply], { applicant: 'cy', isOpen: true })).toEqual([])
    expect(rules([], { applicant: 'dee', isOpen: true })).toEqual(['group-applications'])
  })

  test('an approved applicant who is not in', () => {
    const rules = found(entries => {
      addCall(entries, { op: 'apply', ...CY })
      addCall(entries, { op: 'handle', ...ANA, target: 'cy', agree: true })
      for (const list of all(entries, 'applications')) list.items = [{ applicant: 'cy', isOpen: false }]
    })
    expect(rules).toEqual(['group-tips'])
  })

  test('a lost message', () => {
    const rules = found(entries =>
      addCall(entries, { op: 'send', ...BO, peer: 'hall', id: 'g9', text: 'm9' }, 9),
    )
    expect(rules).toEqual(['lost'])
  })

  test('a hole in the numbers', () => {
    const rules = found(entries => {
      for (const view of all(entries, 'view')) view.messages = view.messages.filter(it => it.seq !== 2)
    })
    expect(rules).toContain('dense')
  })

  test('a member that reads another text than the owner', () => {
    const rules = found(entries => {
      const view = viewOf(entries, 'bo')
      view.messages = view.messages.map(it => (it.seq === 2 ? { ...it, text: 'm4' } : it))
    })
    expect(rules).toContain('agreement')
  })

  test('REST telling another text than the owner reads', () => {
    const rules = found(entries => {
      const final = finalOf(entries)
      final.messages = final.messages.map(it => (it.seq === 2 ? { ...it, text: 'm4' } : it))
    })
    expect(rules).toEqual(['agreement'])
  })
})
