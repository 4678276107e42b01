import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { COMMAND_SAMPLES, SampleWorld } from '../testing/command-samples.ts'
import type { SocketClient } from '../testing/socket-client.ts'
import {
  type Device,
  startTestServer,
  TEST_ADMIN,
  TEST_APP,
  type TestServer,
  textBody,
} from '../testing/test-server.ts'
import { commands } from './command-table.ts'

/** Has the same accounts as the test app, and messages that nobody of the test app may ever see. */
const OTHER_APP = TEST_APP + 1
const SECRET = 'only for the other app'
const USERS = ['alice', 'bob', 'carol']

/** Fields by which the admins' forms of commands say who acts (rest-1 section 1.3). */
const ACTING_FIELDS = [
  'From_Account',
  'Operator_Account',
  'Report_Account',
  'Owner_Account',
  'Invite_Account',
]
/** In these, `From_Account` names the sender of the message that is meant; the handler lets only its two sides in. */
const MESSAGE_SENDER_IN = [
  'openim/modify_c2c_msg',
  'openim_msg_ext_http_svc/set_key_values',
  'openim_msg_ext_http_svc/get_key_values',
]

let server: TestServer
let world: SampleWorld
let otherSecret: string
let otherDevices: Device[]

beforeAll(async () => {
  server = await startTestServer(
    { users: USERS, settings: { 'usersig.failuresPerMinute': 100_000 } },
    async prepared => {
      otherSecret = await prepared.seedApp(OTHER_APP, USERS)
    },
  )
  world = new SampleWorld(server)
  otherDevices = await Promise.all(
    USERS.map(user =>
      server.connect(user, { sdkappid: OTHER_APP, usersig: server.userSig(user, { app: OTHER_APP }) }),
    ),
  )
  const [alice, bob] = otherDevices
  for (const [device, To_Account] of [
    [alice, 'bob'],
    [bob, 'alice'],
    [alice, 'carol'],
  ] as const)
    await device?.ok('openim/sendmsg', {
      To_Account,
      MsgSeq: 1,
      MsgRandom: world.number(),
      MsgClientTime: 1_700_000_000,
      MsgBody: textBody(SECRET),
      CloudCustomData: SECRET,
    })
  await alice?.ok('recentcontact/create_contact_group', {
    GroupContactItem: [{ GroupName: SECRET, ContactItem: [{ Type: 1, To_Account: 'bob' }] }],
  })
  for (const device of otherDevices) {
    await device.ok('session/ping')
    device.events.length = 0
  }
  await world.message('alice', 'bob')
  await world.message('bob', 'alice')
  await world.message('bob', 'carol')
})

afterAll(() => server.stop())

/** What each node tells the others of itself every few seconds, whatever is called. */
const OF_NODES = ['room_audience']

/** Every row of the app, of all tables. */
async function rowsOf(
  app: number,
  only: (row: Record<string, unknown>) => boolean = () => true,
): Promise<string> {
  const tables = (await server.database.tablesWith('app_id')).filter(table => !OF_NODES.includes(table))
  const rows = await server.edit(async run => {
    const found: string[] = []
    const rooms = await run<{ conv_id: number }>(`select conv_id from chat_group where type = 'AVChatRoom'`)
    const ofRooms = new Set<unknown>(rooms.map(room => room.conv_id))
    for (const table of tables)
      for (const row of await run<Record<string, unknown>>(`select * from ${table} where app_id = ?`, app)) {
        // A live room is told some seconds later that somebody left it, and that takes a number.
        if (table === 'conversation' && ofRooms.has(row.conv_id)) continue
        // A device that closed is noted a moment later.
        const { connected, seen, ...lasting } = row
        if (only(row)) found.push(`${table} ${JSON.stringify(lasting)}`)
      }
    return found
  })
  return rows.sort().join('\n')
}

/** Rows that belong to an account, on either side. */
async function rowsOfUser(userId: string): Promise<string> {
  const [account] = await server.sql<{ id: number }>(
    'select account_id as id from account where app_id = ? and user_id = ?',
    TEST_APP,
    userId,
  )
  const columns = ['account_id', 'sender_id', 'lo_id', 'hi_id', 'peer_id', 'revoker_id']
  return rowsOf(TEST_APP, record => columns.some(column => record[column] === account?.id))
}

function sampleOf(name: string, door: 'http' | 'socket') {
  const sample = COMMAND_SAMPLES[name]?.[door]
  if (!sample) throw new Error(`Add a sample for ${name} (${door}) to testing/command-samples.ts.`)
  return sample
}

async function closeOf(client: SocketClient): Promise<number> {
  return (await client.closed).code
}

test('every sample belongs to a command', () => {
  expect(
    Object.keys(COMMAND_SAMPLES).filter(name => !commands.some(command => command.name === name)),
  ).toEqual([])
})

for (const command of commands) {
  describe(command.name, () => {
    if (command.http === 'admin') {
      test('over HTTP an app admin may call it, and the other app stays as it is', async () => {
        const body = await sampleOf(command.name, 'http')(world)
        const before = await rowsOf(OTHER_APP)
        const answer = await server.rest(command.name, body)
        expect(answer).toMatchObject({ ErrorCode: 0 })
        expect(JSON.stringify(answer)).not.toContain(SECRET)
        expect(await rowsOf(OTHER_APP)).toBe(before)
      })

      test('over HTTP nobody else may call it, and nothing happens', async () => {
        const body = await sampleOf(command.name, 'http')(world)
        const before = [await rowsOf(TEST_APP), await rowsOf(OTHER_APP)]
        const admin = { identifier: TEST_ADMIN }
        const attempts: readonly (readonly [string, Record<string, string | undefined>, number])[] = [
          ['nobody', { identifier: undefined, usersig: undefined }, 60004],
          ['an admin without a ticket', { ...admin, usersig: undefined }, 60005],
          ['a user', { identifier: 'alice', usersig: server.userSig('alice') }, 60010],
          ["a user with the admin's name", { ...admin, usersig: server.userSig('alice') }, 70013],
          ['an account that does not exist', { identifier: 'x', usersig: server.userSig('x') }, 60010],
          [
            "another app's admin with its own ticket",
            { ...admin, usersig: server.userSig(TEST_ADMIN, { app: OTHER_APP }) },
            70014,
          ],
          [
            "another app's admin with a ticket for this app, signed with its own key",
            { ...admin, usersig: server.userSig(TEST_ADMIN, { key: otherSecret }) },
            70009,
          ],
        ]
        for (const [who, query, ErrorCode] of attempts)
          expect({ who, ...(await server.restWith(command.name, { query, body })) }).toMatchObject({
            who,
            ErrorCode,
          })
        expect([await rowsOf(TEST_APP), await rowsOf(OTHER_APP)]).toEqual(before)
      })
    } else {
      test('it does not exist over HTTP, for whoever asks', async () => {
        for (const identifier of [TEST_ADMIN, 'alice'])
          expect(await server.rest(command.name, {}, identifier)).toMatchObject({ ErrorCode: 60009 })
      })
    }

    test('over a socket without a login it closes the socket', async () => {
      const socket = await server.socket()
      socket.sendText(JSON.stringify({ id: 1, cmd: command.name, body: {} }))
      expect(await closeOf(socket)).toBe(4501)
    })

    if (!command.socket) {
      test('over a socket it does not exist, not even for an app admin', async () => {
        for (const user of ['alice', TEST_ADMIN]) {
          const device = await server.connect(user)
          const body = await COMMAND_SAMPLES[command.name]?.http?.(world)
          const before = await rowsOf(TEST_APP)
          for (const name of [command.name, ...(command.aliases ?? [])])
            expect(await device.call(name, body)).toMatchObject({ ErrorCode: 60009 })
          expect(await rowsOf(TEST_APP)).toBe(before)
          device.close()
        }
      })
      return
    }
    const { socket } = command

    test('its form for the socket has no field that names who acts', () => {
      const fields = Object.keys(socket.request.properties)
      const allowed = MESSAGE_SENDER_IN.includes(command.name) ? ['From_Account'] : []
      expect(fields.filter(field => ACTING_FIELDS.includes(field) && !allowed.includes(field))).toEqual([])
      if (socket.acting) {
        expect(fields).not.toContain(socket.acting)
        expect(Object.keys(command.request.properties)).toContain(socket.acting)
      }
    })

    test('over a socket a user calls it as themselves, whatever the body says, and the other app stays as it is', async () => {
      const device = await server.connect('alice')
      const body = await sampleOf(command.name, 'socket')(world)
      const fields = Object.keys(socket.request.properties)
      const claims = [...ACTING_FIELDS, ...(socket.acting ? [socket.acting] : [])].filter(
        field => !fields.includes(field),
      )
      const asCarol = Object.fromEntries(claims.map(field => [field, 'carol']))
      const before = { other: await rowsOf(OTHER_APP), carol: await rowsOfUser('carol') }
      const answer = await device.call(command.name, { ...body, ...asCarol })
      expect(answer).toMatchObject({ ErrorCode: 0 })
      expect(JSON.stringify(answer)).not.toContain(SECRET)
      expect({ other: await rowsOf(OTHER_APP), carol: await rowsOfUser('carol') }).toEqual(before)
      device.close()
    })

    if (MESSAGE_SENDER_IN.includes(command.name))
      test('a user who has no part in the message is refused and changes nothing', async () => {
        const device = await server.connect('carol')
        const body = await sampleOf(command.name, 'socket')(world)
        const before = await rowsOf(TEST_APP)
        expect((await device.call(command.name, body)).ErrorCode).not.toBe(0)
        expect(await rowsOf(TEST_APP)).toBe(before)
        device.close()
      })
  })
}

test('no device of the other app was told anything', async () => {
  for (const device of otherDevices) {
    await device.ok('session/ping')
    expect(device.events).toEqual([])
  }
})
