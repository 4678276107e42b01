import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import TencentCloudChat from '@rookery/chat'
import { MemberRole } from '@rookery/server/store/schema'
import { openDatabase } from '@rookery/server/store/sqlite/open-database'
import { findNats } from '@rookery/server/testing/nats-server'
import { findPostgres } from '@rookery/server/testing/postgres-server'
import { APP } from './actions/group-choice.ts'
import { submit } from './actions/send.ts'
import type { Device } from './clients/device.ts'
import { judge } from './judge/judge.ts'
import { faultsOf, type RunOptions } from './options.ts'
import { type RunHooks, run } from './run.ts'
import { SEEDS } from './seeds.ts'
import type { World, WorldGroup } from './world.ts'

const RUN_MS = 120_000
const DATABASE_FILE = 'rookery.db'

/** Without them the seeds of `postgres` are skipped. */
const hasServers = findPostgres() !== undefined && findNats() !== undefined

describe('the delivery contract', () => {
  for (const { found, ...options } of SEEDS)
    test.skipIf(options.engine === 'postgres' && !hasServers)(
      `is kept with seed ${options.seed} on ${options.engine} (once found: ${found})`,
      async () => {
        const entries = await run(options, { say: () => undefined })
        expect(judge(entries)).toEqual([])
        // A run in which nothing happened would be clean too.
        const count = (t: string) => entries.filter(it => it.t === t).length
        expect(count('return')).toBeGreaterThan(50)
        expect(count('received')).toBeGreaterThan(50)
        expect(count('fault')).toBeGreaterThan(3)
        expect(count('screen')).toBeGreaterThan(options.users)
      },
      RUN_MS,
    )
})

const CALM: RunOptions = {
  seed: 77,
  minutes: 0.05,
  nodes: 1,
  engine: 'embedded',
  faults: faultsOf('none', 'embedded'),
  rate: 20,
  users: 2,
  devices: 2,
  groups: 0,
}

/** The rules that a short run with a planted defect breaks. */
async function brokenBy(hooks: Omit<RunHooks, 'say'>, options = CALM): Promise<Set<string>> {
  const entries = await run(options, { say: () => undefined, ...hooks })
  return new Set(judge(entries).map(it => it.rule))
}

/** The chosen one of the sends that pass the relays. */
function sendNumber(chosen: number): (direction: 'up' | 'down', text: string) => boolean {
  let seen = 0
  return (direction, text) => direction === 'up' && text.includes('"openim/sendmsg"') && ++seen === chosen
}

/** Changes the database behind the server's back. */
async function inDatabase(world: World, statements: readonly string[]): Promise<void> {
  const { dataFolder, nodes } = world.cluster
  const [node] = nodes
  if (!dataFolder || !node) throw new Error('There is no embedded database.')
  await node.kill()
  const database = openDatabase(dataFolder, 'write')
  for (const statement of statements) database.run(statement)
  database.close()
  await node.restart()
}

describe('a defect that is planted in a live run is found:', () => {
  test(
    'a message that is acknowledged and thrown away',
    async () => {
      const isChosen = sendNumber(5)
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (!isChosen(direction, text)) return undefined
          const { id } = JSON.parse(text) as { id: number }
          const body = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', MsgTime: 1, ConvId: 1, Seq: 1 }
          return [{ to: 'down', text: JSON.stringify({ id, body }) }]
        },
      })
      expect(rules).toContain('lost')
    },
    RUN_MS,
  )

  test(
    'a message that is stored twice',
    async () => {
      const isChosen = sendNumber(5)
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (!isChosen(direction, text)) return undefined
          const again = JSON.parse(text) as { id: number; body: { MsgRandom: number } }
          again.id += 1_000_000
          again.body.MsgRandom += 1
          return [
            { to: 'up', text },
            { to: 'up', text: JSON.stringify(again) },
          ]
        },
      })
      expect(rules).toContain('doubled')
    },
    RUN_MS,
  )

  test(
    'two messages that change places in the database',
    async () => {
      const rules = await brokenBy({
        beforeFinals: world =>
          inDatabase(world, [
            'update message set seq = -2 where seq = 2',
            'update message set seq = 2 where seq = 1',
            'update message set seq = 1 where seq = -2',
          ]),
      })
      expect([...rules]).toEqual(expect.arrayContaining(['lost', 'order']))
    },
    RUN_MS,
  )

  test(
    'a message that vanishes from the database and leaves a hole',
    async () => {
      const rules = await brokenBy({
        beforeFinals: world => inDatabase(world, ['delete from message where seq = 2']),
      })
      expect([...rules]).toEqual(expect.arrayContaining(['lost', 'dense']))
    },
    RUN_MS,
  )

  test(
    'an event that a relay invents',
    async () => {
      let isDone = false
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (isDone || direction !== 'down' || !text.startsWith('{"ev":"message"')) return undefined
          isDone = true
          const event = JSON.parse(text) as { m: { MsgRandom: number } }
          event.m.MsgRandom += 1
          return [{ to: 'down', text: JSON.stringify(event) }]
        },
      })
      expect([...rules]).toContain('delivery')
    },
    RUN_MS,
  )
})

/** One of each kind. */
const CALM_GROUPS: RunOptions = { ...CALM, seed: 78, users: 3, groups: 4 }

/** A group of the run, its owner's device, and that of a member. */
function groupIn(world: World, fits: (group: WorldGroup) => boolean = () => true) {
  const group = world.groups.find(it => it.type === 'Public' && !it.isDismissed && fits(it))
  if (!group) throw new Error('The run left no such group.')
  const owner = deviceOf(world, group.owner)
  return { group, owner }
}

function deviceOf(world: World, user: string): Device {
  const device = world.devices.find(it => it.user === user && it.isReady)
  if (!device) throw new Error(`No device of ${user} is in.`)
  return device
}

/** Somebody other than the owner is a member then. */
async function memberOf(world: World, group: WorldGroup, owner: Device): Promise<string> {
  const target = world.users.find(it => it !== group.owner) ?? ''
  const what = { ...owner.actor, group: group.id, target }
  await world.recorder.call({ op: 'unban', ...APP, group: group.id, target }, () =>
    world.ok('group_open_http_svc/unban_group_member', { GroupId: group.id, Members_Account: [target] }),
  )
  await world.recorder.call({ op: 'add', ...what }, () =>
    owner.chat.addGroupMember({ groupID: group.id, userIDList: [target] }),
  )
  await world.recorder.call({ op: 'promote', ...what, admin: false }, () =>
    owner.chat.setGroupMemberRole({ groupID: group.id, userID: target, role: 'Member' }),
  )
  await world.recorder.call({ op: 'mute', ...what, seconds: 0 }, () =>
    owner.chat.setGroupMemberMuteTime({ groupID: group.id, userID: target, muteTime: 0 }),
  )
  return target
}

/** Rejects when it was not taken. */
async function say(world: World, device: Device, group: string): Promise<void> {
  const message = device.chat.createTextMessage({
    to: group,
    conversationType: TencentCloudChat.TYPES.CONV_GROUP,
    payload: { text: world.text('m') },
  })
  const { entries } = world.recorder
  await submit(world, device, message, () => device.chat.sendMessage(message))
  expect(entries.findLast(it => it.t === 'return')).toMatchObject({ ok: true })
}

describe('a defect of groups that is planted in a live run is found:', () => {
  test(
    'everybody is muted, says the node, and a member may write',
    async () => {
      let isLying = false
      const rules = await brokenBy(
        {
          tamper: (direction, text) => {
            if (!isLying || direction !== 'up' || !text.includes('"MuteAllMember":"On"')) return undefined
            const { id } = JSON.parse(text) as { id: number }
            const body = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' }
            return [{ to: 'down', text: JSON.stringify({ id, body }) }]
          },
          beforeFinals: async world => {
            const { group, owner } = groupIn(world)
            const member = await memberOf(world, group, owner)
            const set = (on: boolean) =>
              world.recorder.call({ op: 'mute-all', ...owner.actor, group: group.id, on }, () =>
                owner.chat.updateGroupProfile({ groupID: group.id, muteAllMembers: on }),
              )
            await set(false)
            isLying = true
            await set(true)
            await say(world, deviceOf(world, member), group.id)
          },
        },
        CALM_GROUPS,
      )
      expect(rules).toContain('group-senders')
    },
    RUN_MS,
  )

  test(
    'in the database: a removed member whose range does not end, a second owner, an application that vanishes',
    async () => {
      const rules = await brokenBy(
        {
          beforeFinals: async world => {
            const { group, owner } = groupIn(world, it => it.approval)
            const target = await memberOf(world, group, owner)
            const what = { ...owner.actor, group: group.id, target }
            await world.recorder.call({ op: 'remove', ...what }, () =>
              owner.chat.deleteGroupMember({ groupID: group.id, userIDList: [target] }),
            )
            await say(world, owner, group.id)
            const applicant = deviceOf(world, target)
            const done = await world.recorder.call({ op: 'apply', ...applicant.actor, group: group.id }, () =>
              applicant.chat.joinGroup({ groupID: group.id }),
            )
            expect(done?.data.status).toBe('WaitAdminApproval')
            const other = groupIn(world, it => !it.approval)
            await memberOf(world, other.group, other.owner)
            await inDatabase(world, [
              'update user_conversation set to_seq = to_seq + 2 where to_seq >= 0',
              `update group_member set role = ${MemberRole.OWNER}`,
              'delete from group_application',
            ])
          },
        },
        CALM_GROUPS,
      )
      expect([...rules]).toEqual(
        expect.arrayContaining(['group-delivery', 'group-members', 'group-applications']),
      )
    },
    RUN_MS,
  )
})

test(
  'a run leaves no process and no file behind',
  async () => {
    let folder = ''
    let url = ''
    await run(CALM, {
      say: () => undefined,
      beforeFinals: async ({ cluster }) => {
        folder = cluster.dataFolder ?? ''
        url = cluster.nodes[0]?.url ?? ''
        expect(existsSync(join(folder, DATABASE_FILE))).toBe(true)
      },
    })
    expect(existsSync(folder)).toBe(false)
    expect(await fetch(url).catch(() => 'nobody is there')).toBe('nobody is there')
  },
  RUN_MS,
)
