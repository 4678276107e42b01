import { randomBytes } from 'node:crypto'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { App } from '../../apps/app.ts'
import type { Services } from '../../commands/services.ts'
import type { DeviceSocket } from '../../doors/socket/device-socket.ts'
import { wireMessageText } from '../../messages/message-frame.ts'
import type { GroupAudiences } from '../audience/group-audiences.ts'
import type { Topics } from '../audience/topics.ts'
import type { GroupRow } from '../group-rows.ts'
import { personsOf } from '../persons.ts'
import { tipModes } from '../rules/tip-rules.ts'
import { SYSTEM_ACCOUNT } from '../tips/send-tip.ts'
import { type Tip, tipContent } from '../tips/tip-content.ts'
import { EVERY_ROOM } from './broadcast.ts'
import { type EntryTip, EntryTips } from './entry-tips.ts'
import { LiveRooms } from './live-rooms.ts'
import { RoomCounts } from './room-counts.ts'
import { RoomLane } from './room-lane.ts'

export interface RoomServiceParts {
  readonly services: Pick<Services, 'store' | 'bus' | 'apps' | 'settings' | 'log'>
  readonly audiences: GroupAudiences
  readonly topics: Topics
  readonly deviceOf: (session: string) => DeviceSocket | undefined
}

const SYSTEM = { id: 0, userId: SYSTEM_ACCOUNT, nick: '', faceUrl: '' }
const NOBODY = { userId: '' }

/** Live rooms: who is in them, how many, and what is said in them. */
export class RoomService {
  readonly live: LiveRooms
  readonly lane: RoomLane
  readonly counts: RoomCounts
  readonly #services: RoomServiceParts['services']
  readonly #entries = new EntryTips(tip => this.#said(tip))

  constructor({ services, audiences, topics, deviceOf }: RoomServiceParts) {
    this.#services = services
    const { store, bus, settings, log } = services
    this.lane = new RoomLane(store, bus, settings['live.waitingMax'])
    this.live = new LiveRooms({
      audiences,
      topics,
      deviceOf,
      onLeft: (group, account) => this.#entries.add(group, GroupTip.QUIT, account),
    })
    this.counts = new RoomCounts(store, this.live, error =>
      log.debug({ err: error }, 'The audience of live rooms could not be told to the other nodes.'),
    )
  }

  /** False when the account was inside already. @param alone leaves the session's other rooms. */
  enter(app: App, group: GroupRow, account: number, session: string, alone: boolean): boolean {
    this.#services.bus.watchGroup(app.id, EVERY_ROOM)
    const recentMax = app.setting('live.recentMax')
    const isNew = this.live.enter({ group, account, session, recentMax, alone })
    if (isNew) this.#entries.add(group, GroupTip.JOINED, account)
    return isNew
  }

  stop(): void {
    this.#entries.stop()
    this.live.stop()
    this.counts.stop()
  }

  /** Tells a room who came or went; the first thing that is given up under pressure. */
  #said(tip: EntryTip): void {
    this.#say(tip).catch(error =>
      this.#services.log.debug({ err: error }, 'A tip of a live room could not be told.'),
    )
  }

  async #say({ group, op, accounts }: EntryTip): Promise<void> {
    const { apps, store } = this.#services
    const app = apps.known(group.app_id) ?? (await apps.get(group.app_id))
    if (!app || tipModes(app, group.type).members === 'off') return
    const [operator = 0] = accounts
    const tip: Tip = op === GroupTip.JOINED ? { op, accounts, invited: false } : { op, accounts }
    const persons = await personsOf(store.read, group.app_id, accounts)
    const content = tipContent(tip, operator, await this.counts.count(group), persons)
    const body = JSON.stringify([{ MsgType: 'TIMGroupTipElem', MsgContent: content }])
    const random = randomBytes(4).readUInt32BE()
    await this.lane.send({
      group,
      priority: 'Lowest',
      frame: (seq, time) =>
        roomFrame(group, { seq, time, random, clientTime: time, body, custom: '' }, SYSTEM),
    })
  }
}

export interface RoomContent {
  readonly seq: number
  readonly time: number
  readonly random: number
  readonly clientTime: number
  /** JSON text of MsgBody. */
  readonly body: string
  readonly custom: string
  /** Bits of `MessageFlag`. */
  readonly flags?: number
}

/** The event frame of a room's message: it has a number for its order, and is not stored. */
export function roomFrame(
  group: Pick<GroupRow, 'conv_id' | 'name'>,
  { seq, flags = 0, ...content }: RoomContent,
  from: Parameters<typeof wireMessageText>[1],
  nameCard = '',
): string {
  const shown = {
    ...content,
    conv: group.conv_id,
    seq: 0,
    msgSeq: seq,
    flags,
    changeNo: 0,
    version: 0,
    peerReadTime: 0,
    revoker: '',
    revokeReason: '',
  }
  const text = wireMessageText(shown, from, NOBODY, { groupId: group.name, nameCard, atInfo: '', to: [] })
  return `{"ev":"online","m":${text}}`
}
