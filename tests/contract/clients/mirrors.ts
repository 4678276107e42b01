import type { MirrorDifference } from '../history/entry.ts'
import type { World } from '../world.ts'
import type { ReadConversation, ReadState } from './reader.ts'

/** Marks kept of each user; the eldest stay, they are the hardest to resume from. */
const MARKS = 8
/** While others write, the numbers of two readings seldom agree at once. */
const TRIES = 6

/** Clients that keep state and resume: from every mark kept, the changes must lead to what a fresh snapshot shows. */
export class Mirrors {
  readonly #world: World
  readonly #marks = new Map<string, ReadState[]>()

  constructor(world: World) {
    this.#world = world
  }

  /** Resumes from one of the user's marks, compares, and keeps a new mark. Rejects when the nodes can't be reached. */
  async look(user: string, choose: (marks: number) => number): Promise<void> {
    const marks = this.#marks.get(user) ?? []
    this.#marks.set(user, marks)
    const reader = await this.#world.reader(user)
    try {
      if (marks.length > 0) await this.#compare(user, choose(marks.length), TRIES)
      if (marks.length < MARKS) marks.push(await reader.snapshot())
    } finally {
      await reader.close()
    }
  }

  /** At the end, when nobody writes any more: every mark. */
  async lookAtAll(): Promise<void> {
    for (const [user, marks] of this.#marks)
      for (const mark of marks.keys()) await this.#compare(user, mark, 1)
  }

  /** With one try the numbers must agree; with more a comparison that always overlapped a write is left out. */
  async #compare(user: string, mark: number, tries: number): Promise<void> {
    const state = this.#marks.get(user)?.[mark]
    if (!state) return
    // Two sessions, on whichever nodes: the answers must not depend on it.
    const [keeper, other] = [await this.#world.reader(user), await this.#world.reader(user)]
    try {
      for (let left = tries; left > 0; left--) {
        const kept = await keeper.resume(state)
        const fresh = await other.snapshot()
        const differences = kept ? differencesOf(kept, fresh) : []
        if (tries > 1 && differences.some(it => it.of === 'numbers')) continue
        this.#world.recorder.note({ t: 'mirror', user, mark, forgotten: kept === undefined, differences })
        return
      }
    } finally {
      await keeper.close()
      await other.close()
    }
  }
}

/** Of two readings of one user's state. "numbers" differ when they were read at different moments. */
export function differencesOf(kept: ReadState, fresh: ReadState): MirrorDifference[] {
  const out: MirrorDifference[] = []
  if (kept.logNo !== fresh.logNo) out.push({ of: 'numbers', peer: '', kept: kept.logNo, fresh: fresh.logNo })
  for (const peer of new Set([...kept.conversations.keys(), ...fresh.conversations.keys()])) {
    const [a, b] = [kept.conversations.get(peer), fresh.conversations.get(peer)]
    const numbers = [a, b].map(
      it => it && [it.seq, it.changeNo, it.item.HeadSeq, it.item.ChangeNo, it.item.LogNo, overtaken(it)],
    )
    if (JSON.stringify(numbers[0]) !== JSON.stringify(numbers[1]))
      out.push({ of: 'numbers', peer, kept: numbers[0], fresh: numbers[1] })
    if (JSON.stringify(a?.item) !== JSON.stringify(b?.item))
      out.push({ of: 'item', peer, kept: a?.item, fresh: b?.item })
    for (const seq of new Set([...(a?.messages.keys() ?? []), ...(b?.messages.keys() ?? [])])) {
      const [mine, theirs] = [a?.messages.get(seq), b?.messages.get(seq)]
      if (JSON.stringify(mine) === JSON.stringify(theirs)) continue
      out.push({
        of: 'message',
        peer,
        id: mine?.id ?? theirs?.id ?? '',
        ...(mine && { kept: mine }),
        ...(theirs && { fresh: theirs }),
      })
    }
  }
  return out
}

/** The last change that a pulled message shows and its item does not count yet: it was made between the two readings. */
function overtaken({ item, messages }: ReadConversation): number {
  let last = 0
  for (const { changeNo } of messages.values()) last = Math.max(last, changeNo)
  return last > item.ChangeNo ? last : 0
}
