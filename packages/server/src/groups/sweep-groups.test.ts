import { expect, test } from 'bun:test'
import { startTestServer } from '../testing/test-server.ts'
import { sweepGroups } from './sweep-groups.ts'

const G = 'group_open_http_svc'

test('a dismissal that a stop interrupted is ended by the sweep', async () => {
  await using server = await startTestServer()
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'half gone',
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }],
  })
  await server.halt()
  await server.sql('update chat_group set dismissed = 1, owner_id = 0 where name = ?', GroupId)
  await server.start()
  const { services } = server.running
  await sweepGroups(services)
  const { read } = services.store
  expect(await read.selectFrom('group_member').selectAll().execute()).toEqual([])
  const device = await server.connect('bob')
  const { Notices } = await device.ok<{ Notices: { ReportType: number }[] }>('group/notices', {
    AfterNoticeSeq: 0,
  })
  expect(Notices.map(it => it.ReportType)).toEqual([7, 5])
})

test('what becomes of a tip is a setting of the app', async () => {
  await using server = await startTestServer({
    settings: { 'group.tip.members.public': 'push', 'group.tip.profile.public': 'off' },
  })
  const frames: string[] = []
  server.running.services.store.onCommit(changes => {
    for (const change of changes) if (change.kind === 'groupPush') frames.push(change.frame)
  })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'quiet',
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }],
  })
  await server.ok(`${G}/modify_group_base_info`, { GroupId, Name: 'other' })
  expect(frames.map(frame => JSON.parse(frame).ev)).toEqual(['online', 'group', 'cover'])
  const { GroupInfo } = await server.ok<{ GroupInfo: { NextMsgSeq: number }[] }>(`${G}/get_group_info`, {
    GroupIdList: [GroupId],
  })
  expect(GroupInfo[0]?.NextMsgSeq).toBe(1)
})
