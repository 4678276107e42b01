import { expect } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import { MemberRole } from '../../store/schema.ts'
import type { LogEntry, SeenTip } from './group-log.ts'

/** What somebody knows of a group who read nothing but its tips, in the order of their numbers. */
export class ToldGroup {
  readonly members = new Map<string, number>()
  title: string

  constructor(owner: string, title: string) {
    this.members.set(owner, MemberRole.OWNER)
    this.title = title
  }

  get owner(): string {
    return [...this.members].find(([, role]) => role === MemberRole.OWNER)?.[0] ?? ''
  }

  get admins(): number {
    return [...this.members.values()].filter(role => role === MemberRole.ADMIN).length
  }

  /** Fails for a tip about a change that was not possible at its place. */
  hear({ seq, tip, from, text }: LogEntry): void {
    // Over the socket members alone write.
    if (text !== undefined)
      expect({ seq, from, inside: this.members.has(from) }).toMatchObject({ inside: true })
    if (tip) this.#change(seq, tip)
  }

  #change(seq: number, tip: SeenTip): void {
    const named = tip.List_Account ?? []
    const wants = (isSo: boolean) => expect({ seq, tip, possible: isSo }).toMatchObject({ possible: true })
    const all = (role: (rank: number | undefined) => boolean) =>
      wants(named.every(it => role(this.members.get(it))))
    const put = (role: number) => {
      for (const it of named) this.members.set(it, role)
    }
    switch (tip.OpType) {
      case GroupTip.JOINED:
        all(role => role === undefined)
        put(MemberRole.MEMBER)
        wants(tip.MemberNum === this.members.size)
        break
      case GroupTip.QUIT:
      case GroupTip.KICKED:
        all(role => role !== undefined)
        for (const it of named) this.members.delete(it)
        if (tip.OpType === GroupTip.QUIT) wants(tip.MemberNum === this.members.size)
        break
      case GroupTip.ADMIN_SET:
        all(role => role === MemberRole.MEMBER)
        put(MemberRole.ADMIN)
        break
      case GroupTip.ADMIN_CANCELLED:
        all(role => role === MemberRole.ADMIN)
        put(MemberRole.MEMBER)
        break
      case GroupTip.PROFILE:
        this.#newProfile(tip, wants)
        break
      case GroupTip.MEMBER:
        all(role => role !== undefined && role !== MemberRole.OWNER)
        break
      default:
        wants(false)
    }
  }

  #newProfile({ MsgGroupNewInfo: news = {} }: SeenTip, wants: (isSo: boolean) => void): void {
    if (news.GroupName !== undefined) this.title = news.GroupName
    const owner = news.Owner_Account
    if (owner === undefined) return
    wants(this.members.has(owner) && owner !== this.owner)
    if (this.owner !== '') this.members.set(this.owner, MemberRole.MEMBER)
    this.members.set(owner, MemberRole.OWNER)
  }
}
