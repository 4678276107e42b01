import { expect, test } from 'bun:test'
import type { RunningServer } from '../../server.ts'
import { BareClient } from '../../testing/bare-client.ts'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../../testing/test-server.ts'

const USERS = ['alice', 'bob', 'carol']

async function makeGroup(server: TestServer, members: readonly string[]): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>('group_open_http_svc/create_group', {
    Type: 'Public',
    Name: 'Rooks',
    MemberList: members.map(Member_Account => ({ Member_Account })),
  })
  return GroupId
}

/** Says something to a group the way an accepted message does. */
async function say(server: RunningServer, groupId: string, text: string, more: { except?: string } = {}) {
  const group = await server.services.groups.find(TEST_APP, groupId)
  if (!group) throw new Error(`no group ${groupId}`)
  server.services.bus.pushGroup({
    app: TEST_APP,
    group: group.group_no,
    frame: `{"ev":"online","m":{"Text":"${text}"}}`,
    authNo: group.auth_no,
    ...more,
  })
}

/**
 * What a device was told with {@link say}, once everything that was sent to it before has come. A frame may wait for the node's next
 * reading of the log: `last` is waited for, and `count` of them.
 */
async function heard(device: Device, last?: string, count = 0): Promise<string[]> {
  for (const until = Date.now() + 5000; ; await Bun.sleep(20)) {
    await device.ok('session/ping')
    const texts = device.events.flatMap(event =>
      event.ev === 'online' && 'Text' in event.m ? [String(event.m.Text)] : [],
    )
    const isAll = (last === undefined || texts.at(-1) === last) && texts.length >= count
    if (isAll || Date.now() > until) return texts
  }
}

test('every socket of every member hears a group, and nobody else does', async () => {
  await using server = await startTestServer({ users: USERS })
  const before = await server.connect('bob')
  const groupId = await makeGroup(server, ['alice', 'bob'])
  const [alice, bob, carol] = [
    await server.connect('alice'),
    await server.connect('bob'),
    await server.connect('carol'),
  ]
  await say(server.running, groupId, 'one')
  await server.ok('group_open_http_svc/delete_group_member', {
    GroupId: groupId,
    MemberToDel_Account: ['alice'],
  })
  await server.ok('group_open_http_svc/add_group_member', {
    GroupId: groupId,
    MemberList: [{ Member_Account: 'carol' }],
  })
  await say(server.running, groupId, 'two')
  expect(await Promise.all([before, alice, bob, carol].map(device => heard(device)))).toEqual([
    ['one', 'two'],
    ['one'],
    ['one', 'two'],
    ['two'],
  ])
  bob.close()
  await bob.closed
  before.close()
  await before.closed
  const again = await server.connect('bob')
  await say(server.running, groupId, 'three')
  await server.ok('group_open_http_svc/destroy_group', { GroupId: groupId })
  expect(await heard(again)).toEqual(['three'])
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toContain('\nrookery_groups 0\n')
})

test("the session that said it is left out, its user's other ones are not", async () => {
  await using server = await startTestServer({ users: USERS })
  const groupId = await makeGroup(server, ['alice', 'bob'])
  const [alice, other, bob] = [
    await server.connect('alice'),
    await server.connect('alice'),
    await server.connect('bob'),
  ]
  await say(server.running, groupId, 'one', { except: alice.login.SessionId })
  await say(server.running, groupId, 'two')
  const texts = await Promise.all([alice, other, bob].map(device => heard(device, 'two')))
  expect(texts).toEqual([['two'], ['one', 'two'], ['one', 'two']])
})

test('who wants no messages of a group gets none, and still learns of the group', async () => {
  await using server = await startTestServer({ users: USERS })
  const groupId = await makeGroup(server, ['alice', 'bob'])
  const bob = await server.connect('bob')
  const setOption = (MsgFlag: string) =>
    server.ok('group_open_http_svc/modify_group_member_info', {
      GroupId: groupId,
      Member_Account: 'bob',
      MsgFlag,
    })
  await setOption('Discard')
  await say(server.running, groupId, 'one')
  const later = await server.connect('bob')
  await say(server.running, groupId, 'two')
  await server.ok('group_open_http_svc/modify_group_base_info', { GroupId: groupId, Name: 'Castles' })
  expect((await bob.event('group')).g.Name).toBe('Castles')
  expect((await later.event('group')).g.Name).toBe('Castles')
  await setOption('AcceptNotNotify')
  await say(server.running, groupId, 'three')
  expect(await Promise.all([bob, later].map(device => heard(device)))).toEqual([['three'], ['three']])
})

test('a member that does not read is cut off at the bound, and the others go on', async () => {
  await using server = await startTestServer({
    users: USERS,
    // A fast machine needs many pings in a second before the buffers are full.
    settings: { 'session.outboundBytes': 65_536, 'session.commandsPerSec': 10_000 },
  })
  const groupId = await makeGroup(server, ['alice', 'bob'])
  const slow = await BareClient.open(server.running.port)
  await slow.send(
    JSON.stringify({
      id: 1,
      cmd: 'session/login',
      body: { sdkappid: TEST_APP, identifier: 'bob', usersig: server.userSig('bob') },
    }),
    '"Resumed":0}',
  )
  slow.pause()
  const alice = await server.connect('alice')
  const live = async () => {
    const { values } = await server.running.services.metrics.sockets.get()
    return values.find(({ labels }) => labels.state === 'live')?.value
  }
  expect(await live()).toBe(2)
  const text = 'x'.repeat(8000)
  let said = 0
  while ((await live()) === 2) {
    // Fewer bytes than the bound before who reads has answered, or it would be cut off as well.
    for (let i = 0; i < 4; i++, said++) await say(server.running, groupId, text)
    await alice.ok('session/ping')
  }
  expect(await heard(alice, undefined, said)).toHaveLength(said)
  // The kernel's buffers take some of it, and then the bound is not far.
  expect(said * text.length).toBeLessThan(64 << 20)
  slow.resume()
  await slow.closed
}, 60_000)
