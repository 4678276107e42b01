import type { WireMessage } from '@rookery/protocol/wire'
import type { WireConversationGroup } from '@rookery/protocol/wire-group'

/** Mentions of one conversation that are kept, newest first to stay (wire-group.ts). */
const KEPT = 10

/** An entry of `groupAtInfoList` (sdk-1 section 15). */
export interface GroupAtInfo {
  readonly groupID: string
  readonly messageSequence: number
  /** 1 me, 2 everybody, 3 both; never empty. */
  readonly atTypeArray: readonly [1 | 2 | 3]
  readonly from: string
}

/** Whether a message mentions `me` (1), everybody (2) or both (3). */
export function mentionOf(m: WireMessage, me: string): 0 | 1 | 2 | 3 {
  if (m.From_Account === me) return 0
  const list = m.GroupAtInfo ?? []
  const ofMe = list.some(it => it.GroupAtAllFlag !== 1 && it.GroupAt_Account === me)
  const ofAll = list.some(it => it.GroupAtAllFlag === 1)
  return ofMe ? (ofAll ? 3 : 1) : ofAll ? 2 : 0
}

/** Unread messages of one group that mention the user, or everybody: the server's list and those that came after it. */
export class Mentions {
  #list: readonly GroupAtInfo[] = []

  get list(): GroupAtInfo[] {
    return [...this.#list]
  }

  rebase(group: WireConversationGroup, headSeq: number, readSeq: number): void {
    const told = (group.AtList ?? []).map(it => infoOf(group.GroupId, it.Seq, it.AtType, it.From_Account))
    const later = this.#list.filter(it => it.messageSequence > headSeq)
    this.#set([...told, ...later].filter(it => it.messageSequence > readSeq))
  }

  arrived(groupID: string, seq: number, type: 1 | 2 | 3, from: string): void {
    if (this.#list.some(it => it.messageSequence === seq)) return
    this.#set([...this.#list, infoOf(groupID, seq, type, from)])
  }

  recalled(seq: number): void {
    this.#set(this.#list.filter(it => it.messageSequence !== seq))
  }

  read(upTo: number): void {
    this.#set(this.#list.filter(it => it.messageSequence > upTo))
  }

  #set(list: readonly GroupAtInfo[]): void {
    this.#list = [...list].sort((a, b) => a.messageSequence - b.messageSequence).slice(-KEPT)
  }
}

function infoOf(groupID: string, seq: number, type: 1 | 2 | 3, from: string): GroupAtInfo {
  return { groupID, messageSequence: seq, atTypeArray: [type], from }
}
