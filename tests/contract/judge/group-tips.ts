import { GroupTip } from '@rookery/protocol/group-notice'
import type { Call, GroupCall, SeenMessage, SeenTip } from '../history/entry.ts'
import { type Evidence, type Operation, operationsOf } from './evidence.ts'
import { type GroupModel, groupModels, type Role } from './group-model.ts'
import type { Rule } from './rule.ts'

/** A change of a group and the numbers between which its tip belongs: above what was acknowledged before it, below what was sent after. */
interface Change {
  readonly operation: Operation<GroupCall>
  readonly above: number
  readonly below: number
}

/** From the lowest. */
const RANKS: readonly Role[] = ['Member', 'Admin', 'Owner']
const OPS: readonly Call['op'][] = [
  'join',
  'quit',
  'add',
  'remove',
  'mute',
  'promote',
  'rename',
  'transfer',
  'ban',
  'handle',
]
/** What the SDK repeats by itself when no answer came, or a fault doubles; the second may change something again, as a mute its end. */
const REPEATED: readonly Call['op'][] = ['join', 'quit', 'mute', 'promote', 'rename', 'transfer']

/**
 * The tips in the log tell each change of members, roles, mutes and names once, in the one order: each makes sense after those before
 * it, each acknowledged change has one where it belongs (unless the group was so already), and nothing else has.
 */
export const groupTips: Rule = evidence =>
  groupModels(evidence).flatMap(model => [...model.problems, ...matched(evidence, model)])

function matched(evidence: Evidence, model: GroupModel): string[] {
  const { group } = model.group
  const changes = changesOf(evidence, model)
  const left = new Set(model.log.filter(it => it.tip && !isFounding(model, it)))
  const found: string[] = []
  for (const change of changes.filter(it => it.operation.ok).sort((a, b) => a.below - b.below)) {
    const tip = [...left].find(it => fits(change, it))
    if (tip) left.delete(tip)
    else if (!wasSo(model, change))
      found.push(
        `${nameOf(change)} was acknowledged, and has no tip in ${group} between ${change.above} and ${change.below}.`,
      )
  }
  const others = new Set(changes.filter(it => !it.operation.ok || REPEATED.includes(it.operation.call.op)))
  for (const tip of left) {
    const maker = [...others].find(it => fits(it, tip))
    if (!maker)
      found.push(`The tip ${tip.seq} of ${group}, ${JSON.stringify(tip.tip)}, tells what nobody did.`)
    else if (!REPEATED.includes(maker.operation.call.op)) others.delete(maker)
  }
  return found
}

/** The first tip of all, of the members that the group was made with. */
function isFounding({ group: { members, owner } }: GroupModel, { seq, tip }: SeenMessage): boolean {
  const founders = members.filter(it => it !== owner).sort()
  return seq === 1 && tip?.op === GroupTip.JOINED && tip.users.toSorted().join() === founders.join()
}

function changesOf(evidence: Evidence, { group: { group }, head }: GroupModel): Change[] {
  const sends = operationsOf(evidence, 'send').flatMap(send => {
    const seq = evidence.stored.get(send.call.id)?.seq
    return send.call.peer === group && seq !== undefined ? { ...send, seq } : []
  })
  const first = sends.filter(it => !it.call.again)
  return evidence.operations.flatMap(it => {
    if (!('group' in it.call) || it.call.group !== group || !OPS.includes(it.call.op)) return []
    const operation = it as Operation<GroupCall>
    if (operation.call.op === 'handle' && !operation.call.agree) return []
    const before = sends.filter(send => send.ok && send.ended < it.began).map(send => send.seq)
    const after = first.filter(send => it.ok && send.began > it.ended).map(send => send.seq)
    return { operation, above: Math.max(0, ...before), below: Math.min(head + 1, ...after) }
  })
}

function fits({ operation: { call }, above, below }: Change, { seq, tip }: SeenMessage): boolean {
  return tip !== undefined && seq > above && seq < below && tip.by === call.user && tells(tip, call)
}

function tells({ op, users, name, owner }: SeenTip, call: GroupCall): boolean {
  const [user] = users
  switch (call.op) {
    case 'join':
      return op === GroupTip.JOINED && user === call.user
    case 'quit':
      return op === GroupTip.QUIT && user === call.user
    case 'add':
    case 'handle':
      return op === GroupTip.JOINED && user === call.target
    case 'remove':
    case 'ban':
      return op === GroupTip.KICKED && user === call.target
    case 'mute':
      return op === GroupTip.MEMBER && user === call.target
    case 'promote':
      return op === (call.admin ? GroupTip.ADMIN_SET : GroupTip.ADMIN_CANCELLED) && user === call.target
    case 'rename':
      return op === GroupTip.PROFILE && name === call.name
    case 'transfer':
      return op === GroupTip.PROFILE && owner === call.target
    case 'dismiss':
    case 'mute-all':
    case 'unban':
    case 'apply':
      return false
  }
}

/** Whether at some number of its window there was nothing to change. */
function wasSo(model: GroupModel, { operation: { call }, above, below }: Change): boolean {
  for (let seq = above; seq < below; seq++) if (isSo(model, call, seq)) return true
  return false
}

function isSo(model: GroupModel, call: GroupCall, seq: number): boolean {
  const isIn = (user: string) => model.spanAt(user, seq) !== undefined
  switch (call.op) {
    case 'join':
      return isIn(call.user)
    case 'add':
    case 'handle':
      return isIn(call.target)
    case 'quit':
      return !isIn(call.user)
    case 'remove':
    case 'ban':
      return !isIn(call.target)
    case 'mute':
      // Members of the same or a higher role are left out without an error.
      return !isIn(call.target) || !outranks(model.roleAt(call.user, seq), model.roleAt(call.target, seq))
    case 'transfer':
      return model.roleAt(call.target, seq) === 'Owner'
    case 'promote':
      return model.roleAt(call.target, seq) === (call.admin ? 'Admin' : 'Member')
    case 'rename':
      return model.nameAt(seq) === call.name
    case 'dismiss':
    case 'mute-all':
    case 'unban':
    case 'apply':
      return true
  }
}

function outranks(role: Role | undefined, other: Role | undefined): boolean {
  // Who is out by the tips acted before or after, or for the app.
  return role === undefined || other === undefined || RANKS.indexOf(role) > RANKS.indexOf(other)
}

function nameOf({ operation: { call } }: Change): string {
  const about = 'target' in call ? ` of ${call.target}` : call.op === 'rename' ? ` to ${call.name}` : ''
  return `${call.op}${about} by ${call.user}`
}
