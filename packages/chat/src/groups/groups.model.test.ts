import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { Conversation } from '../conversations/conversation.ts'
import type { Message } from '../messages/message.ts'
import type { Group } from '../named-types.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'

const GROUPS = ['g1', 'g2'] as const
const REST = 'group_open_http_svc/'

/** What members, networks and servers do to groups of which `ana` is a member, for a time. */
const happening = fc.record({
  do: fc.constantFrom(
    'boSends',
    'boSends',
    'boMentions',
    'boSendsToOthers',
    'weSend',
    'boRecalls',
    'removeAna',
    'addAna',
    'addAna',
    'weJoin',
    'weQuit',
    'addAnother',
    'rename',
    'weRead',
    'otherDeviceReads',
    'loseHints',
    'overtake',
    'cut',
    'serverDown',
    'serverUp',
    'deaf',
    'failPulls',
    'heal',
    'pass',
  ),
  id: fc.constantFrom(...GROUPS),
  pick: fc.nat(1_000),
  ms: fc.constantFrom(0, 1, 5, 50, 500, 5_000),
})

test('through any faults and memberships, what a member may see is told once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 5, maxLength: 150, size: 'max' }),
      fc.nat(),
      async (plan, seed) => {
        const world = new World(seed)
        const { server, clock } = world
        const attempt = (user: string, cmd: string, body: object): void => {
          try {
            server.act(user, cmd, body as never)
          } catch (cause) {
            // Asking for what is so already, or is not allowed now, is part of the play.
            if (!(cause instanceof Refusal)) throw cause
          }
        }
        for (const GroupId of GROUPS) {
          attempt('bo', `${REST}create_group`, {
            GroupId,
            Type: 'ChatRoom',
            Name: GroupId,
            MemberList: [{ Member_Account: 'ana' }],
          })
          attempt('bo', `${REST}send_group_msg`, {
            GroupId,
            Random: GroupId === 'g1' ? 1 : 2,
            MsgBody: body('before the login'),
          })
        }
        const ana = await world.client('ana')
        const places = GROUPS.map(id => server.store.group(id)).filter(it => it !== undefined)
        const beforeLogin = places.map(it => it.messages.length)
        const sentHere = new Set<string>()
        const calls: Promise<unknown>[] = []
        const heal = (): void => {
          server.isDown = false
          if (server.isDeaf) server.cut('ana')
          server.isDeaf = false
          server.loses = () => false
          server.arrivals = () => [1]
          server.intercept = () => undefined
        }
        let random = 2

        for (const { do: what, id, pick, ms } of plan) {
          random += 1
          const message = { GroupId: id, Random: random, MsgBody: body(`${what} ${random}`) }
          const MemberList = [{ Member_Account: 'ana' }]
          if (what === 'boSends') attempt('bo', `${REST}send_group_msg`, message)
          if (what === 'boMentions')
            attempt('bo', `${REST}send_group_msg`, {
              ...message,
              GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'ana' }],
            })
          if (what === 'boSendsToOthers')
            attempt('bo', `${REST}send_group_msg`, { ...message, To_Account: ['di'] })
          if (what === 'weSend') {
            const own = ana.text(id, `ours ${random}`, { conversationType: TYPES.CONV_GROUP })
            sentHere.add(own.ID)
            calls.push(ana.chat.sendMessage(own).catch(() => undefined))
          }
          if (what === 'boRecalls') {
            const theirs = (server.store.group(id)?.messages ?? []).filter(m => m.From_Account === 'bo')
            const MsgSeq = theirs[pick % Math.max(1, theirs.length)]?.Seq
            if (MsgSeq) attempt('bo', `${REST}group_msg_recall`, { GroupId: id, MsgSeqList: [{ MsgSeq }] })
          }
          if (what === 'removeAna')
            attempt('bo', `${REST}delete_group_member`, { GroupId: id, MemberToDel_Account: ['ana'] })
          if (what === 'addAna') attempt('bo', `${REST}add_group_member`, { GroupId: id, MemberList })
          if (what === 'weJoin') calls.push(ana.chat.joinGroup({ groupID: id }).catch(() => undefined))
          if (what === 'weQuit') calls.push(ana.chat.quitGroup(id).catch(() => undefined))
          if (what === 'addAnother')
            attempt('bo', `${REST}add_group_member`, {
              GroupId: id,
              MemberList: [{ Member_Account: `m${pick}` }],
            })
          if (what === 'rename')
            attempt('bo', `${REST}modify_group_base_info`, { GroupId: id, Name: `${id} ${random}` })
          if (what === 'weRead')
            calls.push(ana.chat.setMessageRead({ conversationID: `GROUP${id}` }).catch(() => undefined))
          if (what === 'otherDeviceReads') attempt('ana', 'group/set_read', { GroupId: id })
          if (what === 'loseHints') {
            let at = 0
            server.loses = user => user === 'ana' && (at++ + pick) % 3 === 0
          }
          if (what === 'overtake') {
            let at = pick
            server.arrivals = user => {
              at += 7
              return [user === 'ana' ? (at % 5) * 30 + 1 : 1]
            }
          }
          if (what === 'cut') server.cut('ana')
          if (what === 'serverDown') {
            server.isDown = true
            server.cut()
          }
          if (what === 'serverUp') server.isDown = false
          if (what === 'deaf') server.isDeaf = true
          if (what === 'failPulls')
            server.intercept = (_, cmd) => (cmd === 'sync/pull' ? new Refusal(20004) : undefined)
          if (what === 'heal') heal()
          await clock.pass(ms)
        }

        heal()
        await clock.pass(400_000)
        await world.done(Promise.all(calls))

        for (const [at, place] of places.entries()) {
          const id = GROUPS[at]
          const told = ana
            .named(EVENT.MESSAGE_RECEIVED)
            .flatMap(event => event.data as Message[])
            .filter(message => message.conversationID === `GROUP${id}`)
          const { memberships } = server.store.own(place, 'ana')
          const isHers = (seq: number): boolean =>
            memberships.some(range => seq > range.from && seq <= range.to)
          const expected = place.messages.filter(m => {
            const isForHer = !m.To_Accounts || m.To_Accounts.includes('ana')
            const wasSentHere = sentHere.has(`${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`)
            return isHers(m.Seq ?? 0) && isForHer && !wasSentHere && (m.Seq ?? 0) > (beforeLogin[at] ?? 0)
          })
          const seqs = told.map(message => message.sequence)
          expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
          const allowed = new Set(expected.map(m => m.Seq))
          expect(seqs.filter(seq => !allowed.has(seq))).toEqual([])
          // Of a range that ended before she saw that it had begun, the server shows nothing any more.
          const last = memberships.at(-1)
          const visible = new Set(server.store.visible(place, 'ana').map(m => m.Seq))
          const due = expected.filter(m => visible.has(m.Seq) && (m.Seq ?? 0) > (last?.from ?? 0))
          expect(seqs).toEqual(expect.arrayContaining(due.map(m => m.Seq)))
        }
        const fresh = await world.client('ana', { platform: 'Mac' })
        const [ours, theirs] = [await ana.chat.getConversationList(), await fresh.chat.getConversationList()]
        expect(comparable(ours.data.conversationList)).toEqual(comparable(theirs.data.conversationList))
        const [our, their] = [
          await world.done(ana.chat.getGroupList()),
          await world.done(fresh.chat.getGroupList()),
        ]
        expect(names(our.data.groupList)).toEqual(names(their.data.groupList))
        expect(
          (ana.last(EVENT.GROUP_LIST_UPDATED) as Group[] | undefined)?.map(it => it.groupID).sort(),
        ).toEqual(names(their.data.groupList).map(([groupID]) => groupID))
        const left = (await ana.chat.getConversationList()).data.conversationList.map(it => it.conversationID)
        expect(left).toEqual(expect.arrayContaining(GROUPS.map(id => `GROUP${id}`)))
      },
    ),
    { numRuns: Number(process.env.ROOKERY_MODEL_RUNS ?? 40) },
  )
}, 600_000)

function body(text: string) {
  return [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
}

function names(list: readonly Group[]): (readonly [string, string, string])[] {
  return list.map(it => [it.groupID, it.name, it.selfInfo.role] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A recalled last message keeps its text where it was seen before; notices do not roam. */
function comparable(list: readonly Conversation[]): unknown {
  const groups = list.filter(it => it.type === TYPES.CONV_GROUP)
  return groups.map(({ conversationID, unreadCount, groupAtInfoList, lastMessage }) => ({
    conversationID,
    unreadCount,
    groupAtInfoList,
    lastSequence: lastMessage.lastSequence,
    isRevoked: lastMessage.isRevoked,
  }))
}
