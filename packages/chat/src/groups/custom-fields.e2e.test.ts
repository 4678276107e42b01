import { expect, test } from 'bun:test'
import { startTestServer, TEST_APP } from '@rookery/server/testing/test-server'
import { ChatClient } from '../client/chat-client.ts'
import { systemClock } from '../clock.ts'
import { EVENT } from '../constants/event.ts'
import type { Group } from '../named-types.ts'
import { webSocketTransport } from '../transport/web-socket-transport.ts'

const GROUPS = 'group_open_http_svc'

test('what only the staff of a group reads comes to it, and no change of the profile takes it away', async () => {
  await using server = await startTestServer({ users: ['ana', 'bo'] })
  await server.sql(
    `insert into group_field (app_id, subject, type, key, read_level, write_level)
      values (?, 'group', 'Public', 'plan', 'admin', 'admin')`,
    TEST_APP,
  )
  const runtime = { transport: webSocketTransport, clock: systemClock }
  const clients = ['ana', 'bo'].map(
    () => new ChatClient({ SDKAppID: TEST_APP, proxyServer: server.url }, runtime, () => undefined),
  )
  const [ana, bo] = clients
  if (!ana || !bo) throw new Error('a client is missing')
  try {
    await ana.login({ userID: 'ana', userSig: server.userSig('ana') })
    await bo.login({ userID: 'bo', userSig: server.userSig('bo') })
    await server.ok(`${GROUPS}/create_group`, {
      GroupId: 'g',
      Type: 'Public',
      Name: 'Rooks',
      Owner_Account: 'ana',
      MemberList: [{ Member_Account: 'bo' }],
    })
    for (const client of [ana, bo]) await client.getGroupProfile({ groupID: 'g' })
    /** Resolves when the client is told the group so. */
    const shows = (client: ChatClient, name: string, fields: object[]) =>
      new Promise<void>(resolve => {
        client.on(EVENT.GROUP_LIST_UPDATED, ({ data }) => {
          const group = (data as readonly Group[]).find(it => it.groupID === 'g')
          if (group?.name === name && Bun.deepEquals(group.groupCustomField, fields)) resolve()
        })
      })
    await Promise.all(clients.map(client => client.getGroupList()))
    const change = (Name: string, ...AppDefinedData: { Key: string; Value: string }[]) =>
      server.ok(`${GROUPS}/modify_group_base_info`, { GroupId: 'g', Name, AppDefinedData })
    const [open, plan] = [
      { key: 'open', value: '1' },
      { key: 'plan', value: 'secret' },
    ]
    let told = [shows(ana, 'first', [open, plan]), shows(bo, 'first', [open])]
    await change('first', { Key: 'open', Value: '1' }, { Key: 'plan', Value: 'secret' })
    await Promise.all(told)
    told = [shows(ana, 'second', [plan]), shows(bo, 'second', [])]
    await change('second', { Key: 'open', Value: '' })
    await Promise.all(told)
    const { data } = await bo.getGroupProfile({ groupID: 'g' })
    expect(data.group.groupCustomField).toEqual([])
  } finally {
    await Promise.all(clients.map(client => client.destroy()))
  }
})
