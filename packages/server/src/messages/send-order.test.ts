import { expect, test } from 'bun:test'
import { startTestServer, textBody } from '../testing/test-server.ts'

const G = 'group_open_http_svc'
const SENDS = 12

interface Numbered {
  readonly Seq: number
}

test('what one socket sends at once is stored in that order, also when the earlier ones take longer to look up', async () => {
  const people = Array.from({ length: SENDS }, (_, index) => `p${index}`)
  await using server = await startTestServer({ users: ['alice', ...people] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Owner_Account: 'alice',
    Type: 'Public',
    Name: 'talk',
    MemberList: people.map(Member_Account => ({ Member_Account })),
  })
  const alice = await server.connect('alice')
  const now = Math.floor(Date.now() / 1000)
  // Each name that nobody has needs a look into the database, the plain ones need none.
  const inGroup = await Promise.all(
    people.map((name, Random) =>
      alice.ok<Numbered>(`${G}/send_group_msg`, {
        GroupId,
        Random,
        MsgClientTime: now,
        MsgBody: textBody(name),
        ...(Random % 2 === 0 && { GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: `nobody-${name}` }] }),
      }),
    ),
  )
  const seqs = inGroup.map(({ Seq }) => Seq)
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b))

  const between = await Promise.all(
    Array.from({ length: SENDS }, (_, MsgRandom) =>
      alice.ok<Numbered>('openim/sendmsg', {
        To_Account: 'p1',
        MsgSeq: MsgRandom,
        MsgRandom,
        MsgClientTime: now,
        MsgBody: textBody(String(MsgRandom)),
      }),
    ),
  )
  expect(between.map(({ Seq }) => Seq)).toEqual(Array.from({ length: SENDS }, (_, index) => index + 1))
  expect(server.running.services.turns.size).toBe(0)
})
