import type { SendCall } from '../history/entry.ts'
import { conversationOf, type Evidence, type Operation, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

interface Placed {
  readonly send: Operation<SendCall>
  readonly seq: number
}

/**
 * A send that began after another's acknowledgement has the higher number; and what one device sends in one conversation
 * keeps its order, as far as it was acknowledged at the first try.
 */
export const order: Rule = evidence =>
  [
    ...Map.groupBy(placed(evidence), ({ send }) =>
      conversationOf(evidence, send.call.user, send.call.peer),
    ).values(),
  ].flatMap(sends => [...realTime(sends), ...perDevice(sends)])

/** First tries whose message is stored; of a message that was tried again the beginning counts, and no acknowledgement. */
function placed(evidence: Evidence): Placed[] {
  const again = new Set(operationsOf(evidence, 'send').flatMap(({ call }) => (call.again ? call.id : [])))
  return operationsOf(evidence, 'send').flatMap(send => {
    const seq = evidence.stored.get(send.call.id)?.seq
    if (send.call.again || seq === undefined) return []
    return { send: again.has(send.call.id) ? { ...send, ok: false } : send, seq }
  })
}

function realTime(sends: readonly Placed[]): string[] {
  const ends = sends.filter(({ send }) => send.ok).sort((a, b) => a.send.ended - b.send.ended)
  let at = 0
  let highest: Placed | undefined
  return sends
    .toSorted((a, b) => a.send.began - b.send.began)
    .flatMap(later => {
      for (let end = ends[at]; end && end.send.ended < later.send.began; end = ends[++at])
        if (!highest || end.seq > highest.seq) highest = end
      return highest && highest.seq >= later.seq
        ? `${name(later)} began after ${name(highest)} was acknowledged.`
        : []
    })
}

function perDevice(sends: readonly Placed[]): string[] {
  const groups = Map.groupBy(sends, ({ send: { call } }) => `${call.device} ${call.session} ${call.peer}`)
  return [...groups.values()].flatMap(own => {
    let highest: Placed | undefined
    return own
      .toSorted((a, b) => a.send.began - b.send.began)
      .flatMap(later => {
        const found =
          highest && highest.seq >= later.seq
            ? [`${name(later)} was sent after ${name(highest)} by the same device.`]
            : []
        if (later.send.ok && later.seq > (highest?.seq ?? 0)) highest = later
        return found
      })
  })
}

const name = ({ send, seq }: Placed): string => `${send.call.text} of ${send.call.user} (number ${seq})`
