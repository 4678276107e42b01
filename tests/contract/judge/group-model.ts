import { GroupTip } from '@rookery/protocol/group-notice'
import type { GroupEntry, SeenMessage } from '../history/entry.ts'
import { type Evidence, viewOf } from './evidence.ts'

/** A membership in numbers of the log: from its tip on, up to the one before the tip that ends it. */
export interface Span {
  readonly from: number
  /** Infinite while it lasts. */
  readonly to: number
}

export type Role = 'Owner' | 'Admin' | 'Member'

/** A group as the tips in its own log make it, one after the other. */
export class GroupModel {
  readonly group: GroupEntry
  /** As the first owner sees it, ascending; he stays to the end. */
  readonly log: readonly SeenMessage[]
  /** Tips that make no sense where they stand. */
  readonly problems: string[] = []
  readonly isDismissed: boolean
  readonly #spans = new Map<string, Span[]>()
  readonly #roles = new Map<string, { readonly from: number; readonly role: Role }[]>()
  readonly #names: { readonly from: number; readonly name: string }[]

  constructor(group: GroupEntry, log: readonly SeenMessage[], isDismissed: boolean) {
    this.group = group
    this.log = log
    this.isDismissed = isDismissed
    this.#names = [{ from: 0, name: group.name }]
    // The first tip lets the others in.
    this.#enter(group.owner, 0, 'Owner')
    for (const message of log) this.#replay(message)
  }

  get head(): number {
    return this.log.at(-1)?.seq ?? 0
  }

  spansOf(user: string): readonly Span[] {
    return this.#spans.get(user) ?? []
  }

  spanAt(user: string, seq: number): Span | undefined {
    return this.spansOf(user).find(it => it.from <= seq && seq <= it.to)
  }

  /** In the end. */
  isMember(user: string): boolean {
    return !this.isDismissed && this.spanAt(user, Number.POSITIVE_INFINITY) !== undefined
  }

  members(seq = Number.POSITIVE_INFINITY): readonly string[] {
    return [...this.#spans.keys()].filter(user => this.spanAt(user, seq))
  }

  /** Undefined of who is out. */
  roleAt(user: string, seq: number): Role | undefined {
    if (!this.spanAt(user, seq)) return undefined
    return this.#roles.get(user)?.findLast(it => it.from <= seq)?.role
  }

  nameAt(seq: number): string {
    return this.#names.findLast(it => it.from <= seq)?.name ?? ''
  }

  #enter(user: string, from: number, role: Role): void {
    this.#spans.set(user, [...this.spansOf(user), { from, to: Number.POSITIVE_INFINITY }])
    this.#setRole(user, from, role)
  }

  #setRole(user: string, from: number, role: Role): void {
    this.#roles.set(user, [...(this.#roles.get(user) ?? []), { from, role }])
  }

  #replay({ seq, tip }: SeenMessage): void {
    if (!tip) return
    if (tip.name !== undefined) this.#names.push({ from: seq, name: tip.name })
    if (tip.owner !== undefined) this.#handOver(seq, tip.owner)
    for (const user of tip.users) this.#apply(seq, tip.op, user)
    const count = this.members(seq).length
    if (tip.members !== undefined && tip.members !== count)
      this.#problem(seq, `names ${tip.members} members, there were ${count}.`)
  }

  #handOver(seq: number, owner: string): void {
    if (!this.spanAt(owner, seq)) this.#problem(seq, `makes ${owner} the owner, who is out.`)
    for (const user of this.members(seq))
      if (this.roleAt(user, seq) === 'Owner') this.#setRole(user, seq, 'Member')
    this.#setRole(owner, seq, 'Owner')
  }

  #apply(seq: number, op: number, user: string): void {
    const present = this.spansOf(user).at(-1)
    const isIn = present?.to === Number.POSITIVE_INFINITY
    if (op === GroupTip.JOINED) {
      if (isIn) this.#problem(seq, `lets ${user} in, who is in.`)
      else this.#enter(user, seq, 'Member')
      return
    }
    if (!present || !isIn) {
      this.#problem(seq, `is of kind ${op} about ${user}, who is out.`)
      return
    }
    if (op === GroupTip.QUIT || op === GroupTip.KICKED)
      this.#spans.set(user, [...this.spansOf(user).slice(0, -1), { from: present.from, to: seq - 1 }])
    if (op === GroupTip.ADMIN_SET) this.#setRole(user, seq, 'Admin')
    if (op === GroupTip.ADMIN_CANCELLED) this.#setRole(user, seq, 'Member')
  }

  #problem(seq: number, what: string): void {
    this.problems.push(`The tip ${seq} of ${this.group.group} ${what}`)
  }
}

const known = new WeakMap<Evidence, ReadonlyMap<string, GroupModel>>()

/** Made once of each history. */
function modelsOf(evidence: Evidence): ReadonlyMap<string, GroupModel> {
  const present = known.get(evidence)
  if (present) return present
  const models = new Map(
    [...evidence.groups.values()].map(group => {
      const log = viewOf(evidence, group.owner, group.group)?.messages ?? []
      return [group.group, new GroupModel(group, log, !evidence.groupFinals.has(group.group))]
    }),
  )
  known.set(evidence, models)
  return models
}

export function groupModels(evidence: Evidence): readonly GroupModel[] {
  return [...modelsOf(evidence).values()]
}

/** Undefined of what is no group. */
export function groupModel(evidence: Evidence, group: string): GroupModel | undefined {
  return modelsOf(evidence).get(group)
}
