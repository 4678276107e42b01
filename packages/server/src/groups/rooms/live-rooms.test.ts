import { expect, test } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'
import { RoomLane } from './room-lane.ts'

const ROOMS = 'group_open_avchatroom_http_svc'
const USERS = ['alice', 'bob', 'carol']

async function makeRoom(server: TestServer, more: object = {}): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>('group_open_http_svc/create_group', {
    Type: 'AVChatRoom',
    Name: 'Live',
    Owner_Account: 'alice',
    ...more,
  })
  return GroupId
}

let random = 0

async function say(server: TestServer, GroupId: string, text: string): Promise<void> {
  const answer = await server.ok<{ MsgSeq: number }>('group_open_http_svc/send_group_msg', {
    GroupId,
    From_Account: 'alice',
    Random: ++random,
    MsgBody: textBody(text),
  })
  expect(answer.MsgSeq).toBeGreaterThan(0)
}

const texts = (device: Device): unknown[] =>
  device.events.flatMap(event => (event.ev === 'online' ? [event.m.MsgBody[0]?.MsgContent] : []))
const said = (device: Device): unknown[] =>
  texts(device).flatMap(content => (content as { Text?: string }).Text ?? [])
const hears = (device: Device, text: string) =>
  device.event('online', ({ m }) => m.MsgBody[0]?.MsgContent.Text === text)

test('who enters a live room hears it until he leaves it, loses his connection for good, or is banned', async () => {
  await using server = await startTestServer({ users: USERS })
  const room = await makeRoom(server)
  const [bob, other, carol] = [
    await server.connect('bob'),
    await server.connect('bob'),
    await server.connect('carol'),
  ]
  expect(await bob.ok('group/join', { GroupId: room })).toMatchObject({
    JoinedStatus: 'JoinedSuccess',
    Group: { Type: 'AVChatRoom' },
  })
  await carol.ok('group/join', { GroupId: room })
  expect(await carol.ok('group/join', { GroupId: room })).toMatchObject({ JoinedStatus: 'AlreadyInGroup' })
  await say(server, room, 'one')
  const message = (await hears(bob, 'one')).m
  expect(message).toMatchObject({ GroupId: room, From_Account: 'alice', MsgPriority: 'Normal' })
  expect(message.Seq).toBeUndefined()
  await hears(carol, 'one')
  await carol.ok('group/quit', { GroupId: room })
  await say(server, room, 'two')
  await hears(bob, 'two')
  await bob.event('online', ({ m }) => m.MsgBody[0]?.MsgContent.OpType === GroupTip.QUIT)
  await server.ok('group_open_http_svc/ban_group_member', {
    GroupId: room,
    Members_Account: ['bob'],
    Duration: 60,
  })
  await say(server, room, 'three')
  for (const device of [bob, other, carol]) await device.ok('session/ping')
  expect([said(bob), said(other), said(carol)]).toEqual([['one', 'two'], [], ['one']])
  expect(await bob.call('group/join', { GroupId: room })).toMatchObject({ ErrorCode: 10007 })
  const rows = await server.running.services.store.read.selectFrom('message').select('seq').execute()
  expect(rows).toEqual([])
})

test('a browser is in one room at a time', async () => {
  await using server = await startTestServer({ users: USERS })
  const [first, second] = [await makeRoom(server), await makeRoom(server)]
  const [web, phone] = [await server.connect('bob'), await server.connect('carol', { platform: 'iPhone' })]
  for (const device of [web, phone]) {
    await device.ok('group/join', { GroupId: first })
    await device.ok('group/join', { GroupId: second })
  }
  await say(server, first, 'first')
  await say(server, second, 'second')
  await hears(web, 'second')
  await hears(phone, 'second')
  expect([said(web), said(phone)]).toEqual([['second'], ['first', 'second']])
  expect(await server.ok('group_open_http_svc/get_online_member_num', { GroupId: first })).toMatchObject({
    OnlineMemberNum: 1,
  })
})

test('a session that comes back in time is in its room again; one that logs out is out', async () => {
  await using server = await startTestServer({ users: USERS })
  const room = await makeRoom(server)
  const bob = await server.connect('bob')
  await bob.ok('group/join', { GroupId: room })
  const { SessionId: id, Generation: generation, SessionToken: token } = bob.login
  bob.terminate()
  await bob.closed
  const back = await server.connect('bob', { session: { id, generation, token } })
  await say(server, room, 'again')
  await hears(back, 'again')
  await back.ok('session/logout')
  await back.closed
  server.running.services.rooms.live.turn()
  expect(await server.ok(`${ROOMS}/get_members`, { GroupId: room, Timestamp: 0 })).toMatchObject({
    MemberList: [],
    NextTimestamp: 0,
  })
})

test('people in a room are listed, checked, marked; admins are appointed; each command refuses what it must', async () => {
  await using server = await startTestServer({ users: USERS, settings: { 'live.adminsMax': 1 } })
  const room = await makeRoom(server)
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  await bob.ok('group/join', { GroupId: room })
  await carol.ok('group/join', { GroupId: room })
  const GroupId = room
  expect(
    await server.ok(`${ROOMS}/check_members`, { GroupId, Member_Account: ['alice', 'bob', 'no'] }),
  ).toMatchObject({ Member_Account: ['bob'] })
  expect(
    await server.ok(`${ROOMS}/modify_user_info`, {
      GroupId,
      CommandType: 1,
      MemberList: [
        { Member_Account: 'bob', Marks: [1000, 1001] },
        { Member_Account: 'alice', Marks: [1000] },
      ],
    }),
  ).toMatchObject({ CommandType: 1, MemberList: [{ Member_Account: 'bob', Marks: [1000, 1001] }] })
  expect(await server.ok(`${ROOMS}/get_members`, { GroupId, Timestamp: 0, Mark: 1001 })).toMatchObject({
    MemberList: [{ Member_Account: 'bob', Marks: [1000, 1001] }],
  })
  await server.ok(`${ROOMS}/modify_admin`, { GroupId, CommandType: 1, Admin_Account: ['carol'] })
  expect(await server.ok(`${ROOMS}/get_admin_list`, { GroupId })).toMatchObject({
    Admin_List: [{ Admin_Account: 'carol' }],
  })
  await carol.ok('group_open_http_svc/forbid_send_msg', { GroupId, Members_Account: ['bob'], MuteTime: 60 })
  expect(
    await bob.call('group_open_http_svc/forbid_send_msg', {
      GroupId,
      Members_Account: ['carol'],
      MuteTime: 60,
    }),
  ).toMatchObject({ ErrorCode: 10007 })
  const refusals: [string, object, number][] = [
    ['modify_admin', { GroupId, CommandType: 1, Admin_Account: ['bob'] }, 10004],
    ['modify_admin', { GroupId, CommandType: 3, Admin_Account: ['bob'] }, 10004],
    ['modify_admin', { GroupId, CommandType: 1, Admin_Account: ['nobody'] }, 10019],
    [
      'modify_user_info',
      { GroupId, CommandType: 1, MemberList: [{ Member_Account: 'bob', Marks: [7] }] },
      10004,
    ],
    ['get_members', { GroupId: 'no-such', Timestamp: 0 }, 10010],
    ['get_members', { GroupId }, 10004],
    ['check_members', { GroupId, Member_Account: Array.from({ length: 501 }, (_, i) => `u${i}`) }, 10005],
  ]
  for (const [command, body, code] of refusals)
    expect([command, (await server.rest(`${ROOMS}/${command}`, body)).ErrorCode]).toEqual([command, code])
  await server.ok(`${ROOMS}/modify_admin`, { GroupId, CommandType: 2, Admin_Account: ['carol'] })
  expect(await server.ok(`${ROOMS}/get_admin_list`, { GroupId })).toMatchObject({ Admin_List: [] })
})

test('a broadcast reaches every room as a message of that room, and nobody outside', async () => {
  await using server = await startTestServer({ users: USERS })
  const [first, second] = [await makeRoom(server), await makeRoom(server)]
  const [alice, bob, carol] = [
    await server.connect('alice'),
    await server.connect('bob'),
    await server.connect('carol'),
  ]
  await bob.ok('group/join', { GroupId: first })
  await carol.ok('group/join', { GroupId: second })
  await server.ok('group_open_http_svc/send_broadcast_msg', {
    From_Account: 'alice',
    Random: 5,
    MsgBody: textBody('to all'),
  })
  expect((await hears(bob, 'to all')).m).toMatchObject({ GroupId: first, IsBroadcast: 1, MsgRandom: 5 })
  expect((await hears(carol, 'to all')).m).toMatchObject({ GroupId: second, IsBroadcast: 1 })
  await alice.ok('session/ping')
  expect(said(alice)).toEqual([])
})

test('who enters is shown the latest messages where the app wants it', async () => {
  await using server = await startTestServer({ users: USERS, settings: { 'live.recentMax': 2 } })
  const room = await makeRoom(server)
  const bob = await server.connect('bob')
  await bob.ok('group/join', { GroupId: room })
  for (const text of ['one', 'two', 'three']) await say(server, room, text)
  await hears(bob, 'three')
  const carol = await server.connect('carol')
  await carol.ok('group/join', { GroupId: room })
  await hears(carol, 'three')
  expect(said(carol)).toEqual(['two', 'three'])
})

test('a thousand people hear a room, encoded once', async () => {
  const people = Array.from({ length: 1000 }, (_, i) => `p${i}`)
  // A tip to everybody for each who enters would be half a million frames, which is not what is looked at.
  const settings = { 'group.tip.members.live': 'off' } as const
  await using server = await startTestServer({ users: ['alice', ...people], settings })
  const room = await makeRoom(server)
  const devices: Device[] = []
  for (let i = 0; i < people.length; i += 50)
    devices.push(...(await Promise.all(people.slice(i, i + 50).map(name => server.connect(name)))))
  for (let i = 0; i < devices.length; i += 50)
    await Promise.all(devices.slice(i, i + 50).map(device => device.ok('group/join', { GroupId: room })))
  expect(await server.ok('group_open_http_svc/get_online_member_num', { GroupId: room })).toMatchObject({
    OnlineMemberNum: 1000,
  })
  await say(server, room, 'hello')
  await Promise.all(devices.map(device => hears(device, 'hello')))
  for (const device of devices) device.close()
}, 120_000)

test('under pressure the lowest priority is given up first and counted, and what is sent is numbered in order', async () => {
  const frames: string[] = []
  let head = 0
  const waits: (() => void)[] = []
  const store = {
    async mutate(_: unknown, args: unknown) {
      await new Promise<void>(resolve => waits.push(resolve))
      const { rooms } = args as { rooms: { count: number }[] }
      return {
        now: 1,
        rooms: rooms.map(({ count }) => {
          head += count
          return { last: head, authNo: 1 }
        }),
      }
    },
  } as unknown as ConstructorParameters<typeof RoomLane>[0]
  const lane = new RoomLane(store, { pushGroup: ({ frame }) => frames.push(frame) }, 3)
  const group = { app_id: 1, group_no: 2, conv_id: 3, auth_no: 1 } as Parameters<RoomLane['send']>[0]['group']
  const send = (priority: 'High' | 'Low' | 'Lowest', name: string) =>
    lane.send({ group, priority, frame: seq => `${name}:${seq}` })
  const first = send('Low', 'first')
  await Promise.resolve()
  await Promise.resolve()
  const rest = [
    send('Lowest', 'a'),
    send('Low', 'b'),
    send('High', 'c'),
    send('High', 'd'),
    send('Lowest', 'e'),
  ]
  waits.shift()?.()
  await first
  while (waits.length === 0) await Bun.sleep(1)
  waits.shift()?.()
  expect((await Promise.all(rest)).map(sent => sent.outcome)).toEqual([
    'shed',
    'sent',
    'sent',
    'sent',
    'shed',
  ])
  expect(frames).toEqual(['first:1', 'c:2', 'd:3', 'b:4'])
  expect(lane.shed).toEqual({ Lowest: 2, Low: 0, Normal: 0, High: 0 })
})
