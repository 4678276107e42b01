import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ErrorCode } from '@rookery/protocol/error-code'
import pino from 'pino'
import type { Command } from '../../commands/command.ts'
import { documentedCodes } from '../../commands/documented-codes.ts'
import { HTTP_DOOR_ERRORS, SOCKET_DOOR_ERRORS } from '../../commands/door-errors.ts'
import { familyOf } from '../../commands/families.ts'
import { COMMAND_SAMPLES, SampleWorld } from '../../testing/command-samples.ts'
import { type Device, startTestServer, type TestServer } from '../../testing/test-server.ts'
import { groupCommands } from '../group-commands.ts'
import { groupMessageCommands } from '../messages/group-message-commands.ts'
import { missingFields, oversizedFields, withGhosts, wrongValues } from './faulty-bodies.ts'

type Body = Readonly<Record<string, unknown>>
interface Refusal {
  readonly ErrorCode: number
  readonly ErrorInfo: string
}

/** What may be as long as a request: the app's own, bounded with the message, or lists whose repetitions count once. */
const OF_ANY_LENGTH = [
  'CloudCustomData',
  'Content',
  'ResponseFilter.GroupBaseInfoFilter',
  'ResponseFilter.SelfInfoFilter',
  'MemberInfoFilter',
  'AppDefinedData',
  'GroupAttr',
  'Admin_Account',
  'MemberList.Marks',
  'Next',
]
/** Each account, topic, message or permission group of these has a result of its own, or is passed over when there is none. */
const RESULT_OF_EACH: Readonly<Record<string, readonly string[]>> = {
  'group_open_http_svc/create_group': ['MemberList.Member_Account'],
  'group_open_http_svc/get_joined_group_list': ['Member_Account'],
  'group_open_http_svc/get_specified_group_member_info': [],
  'group_open_http_svc/add_group_member': ['MemberList.Member_Account'],
  'group_open_http_svc/delete_group_member': [],
  'group_open_http_svc/get_role_in_group': [],
  'group_open_http_svc/import_group_member': ['MemberList.Member_Account'],
  'group_open_http_svc/forbid_send_msg': [],
  'group_open_http_svc/ban_group_member': [],
  'group_open_http_svc/unban_group_member': [],
  'group_open_avchatroom_http_svc/modify_user_info': ['MemberList.Member_Account'],
  'group_open_avchatroom_http_svc/check_members': [],
  'group_open_http_svc/add_topic_permission_group': ['TopicPermissionList.TopicId'],
  'group_open_http_svc/set_topic_permission_group': ['TopicPermissionList.TopicId'],
  'group_open_http_svc/get_topic_permission_group': ['PermissionGroupId'],
  'group_open_http_svc/add_permission_group_member': ['MemberList.Member_Account'],
  'group_open_http_svc/delete_permission_group_member': ['MemberList.Member_Account'],
  'group_open_http_svc/get_permission_group_member_list': ['PermissionGroupId'],
  'group_open_http_svc/send_group_msg': ['GroupAtInfo.GroupAt_Account'],
  'group_open_http_svc/send_group_system_notification': [],
  'group_open_http_svc/import_group_msg': ['MsgList.MsgBody'],
  // Only invitations have one.
  'group/handle_application': ['User_Account'],
}
/** Whoever is logged in may; the answer is about the caller, or about a group that everybody may look up. */
const OPEN_TO_OUTSIDERS = [
  'group_open_http_svc/create_group',
  'group_open_http_svc/get_group_info',
  'group/list',
  'group/profile',
  'group/join',
  'group/applications',
  'group/notices',
]
/** Their texts speak of the frame, the mentions, the request. */
const SAYS_WHAT: readonly number[] = [
  ErrorCode.BODY_SIZE_LIMIT,
  ErrorCode.GROUP_MENTION_LIMIT,
  ErrorCode.GROUP_REQUEST_ALREADY_HANDLED,
]
/** Long enough for an id and what to do; nobody's input comes back whole. */
const TEXT_MAX = 400

let server: TestServer
let world: SampleWorld
let alice: Device
let carol: Device
const defects: string[] = []

beforeAll(async () => {
  server = await startTestServer({
    users: ['alice', 'bob', 'carol'],
    settings: { 'rate.rest.default': 0, 'rate.rest.broadcast': 0, 'session.commandsPerSec': 10_000 },
    server: { log: pino({ level: 'warn' }, { write: (line: string) => defects.push(line) }) },
  })
  world = new SampleWorld(server)
  alice = await server.connect('alice')
  carol = await server.connect('carol')
})

afterAll(() => server.stop())

/** Fails for what is no refusal by a code that the reference lists for the command. */
function expectRefused(
  command: Command,
  door: 'http' | 'socket',
  fault: string,
  { ErrorCode: code, ErrorInfo }: Refusal,
): void {
  const known = [...documentedCodes(command), ...(door === 'http' ? HTTP_DOOR_ERRORS : SOCKET_DOOR_ERRORS)]
  const { internal } = familyOf(command.name)
  expect({ fault, code, ErrorInfo, refused: known.includes(code) && code !== internal }).toMatchObject({
    refused: true,
  })
  expect({ fault, ErrorInfo, length: Math.max(ErrorInfo.length, TEXT_MAX) }).toMatchObject({
    length: TEXT_MAX,
  })
}

/** The text has the field's name, or that of the list or object that it is in. */
const names = ({ ErrorInfo }: Refusal, path: string): boolean =>
  path.split('.').some(name => ErrorInfo.includes(name))

for (const command of [...groupCommands, ...groupMessageCommands])
  for (const door of ['http', 'socket'] as const) {
    if (door === 'http' && command.http !== 'admin') continue
    const schema = door === 'http' ? command.request : command.socket?.request
    const sample = COMMAND_SAMPLES[command.name]?.[door]
    if (!schema || !sample) continue
    const call = (body: Body): Promise<Refusal> =>
      door === 'http' ? server.rest(command.name, body) : alice.call(command.name, body)
    /** The sample of a message is another message each time. */
    const another = (body: Body): Body => ('Random' in body ? { ...body, Random: world.number() } : body)
    const namesGroup = schema.required?.includes('GroupId') ?? false
    const perItem = RESULT_OF_EACH[command.name]

    describe(`${command.name} over ${door}`, () => {
      let good: Body
      beforeAll(async () => {
        good = (await sample(world)) as Body
      })

      test('names the field that is missing or wrong', async () => {
        const faulty = [...missingFields(schema, good), ...wrongValues(schema, good)]
        const answers = await Promise.all(faulty.map(({ body }) => call(body)))
        for (const [index, { fault, path }] of faulty.entries()) {
          const answer = answers[index] as Refusal
          expectRefused(command, door, fault, answer)
          expect({ fault, ErrorInfo: answer.ErrorInfo, named: names(answer, path) }).toMatchObject({
            named: true,
          })
        }
      })

      if (namesGroup)
        test('names the group that there is not', async () => {
          const unknown = await call({ ...good, GroupId: '@TGS#none' })
          expect(unknown).toMatchObject({ ErrorCode: ErrorCode.GROUP_NOT_FOUND })
          expect(unknown.ErrorInfo).toContain('@TGS#none')
          const impossible = await call({ ...good, GroupId: 'Türme' })
          expect(impossible).toMatchObject({ ErrorCode: ErrorCode.GROUP_ID_INVALID })
          expect(impossible.ErrorInfo).toContain('GroupId')
        })

      test('names the user that there is not, or gives each one a result', async () => {
        const ghosts = withGhosts(good, 'ghost')
        if (!ghosts) return
        const answer = await call(another(ghosts))
        if (perItem && answer.ErrorCode === 0) return
        expect(answer).toMatchObject({ ErrorCode: ErrorCode.GROUP_ACCOUNT_NOT_FOUND })
        expect(answer.ErrorInfo).toContain('ghost')
      })

      if (door === 'socket' && !OPEN_TO_OUTSIDERS.includes(command.name))
        test('refuses who is not in the group', async () => {
          const answer = await carol.call(command.name, good)
          // What an outsider sees none of is not there for it.
          const code =
            command.name === 'group/delete_messages'
              ? ErrorCode.GROUP_DELETE_RANGE_EMPTY
              : ErrorCode.GROUP_PERMISSION_DENIED
          expect(answer).toMatchObject({ ErrorCode: code })
          expect(answer.ErrorInfo).not.toBe('')
        })

      test('refuses what is too long, and says what', async () => {
        for (const { fault, path, body } of oversizedFields(schema, good)) {
          const answer = await call(another(body))
          if (answer.ErrorCode === 0) {
            expect([...OF_ANY_LENGTH, ...(perItem ?? [])]).toContain(path)
            continue
          }
          expectRefused(command, door, fault, answer)
          const { ErrorCode: code, ErrorInfo } = answer
          const named = names(answer, path) || ErrorInfo.includes('xxxxxxxx') || SAYS_WHAT.includes(code)
          expect({ fault, ErrorInfo, named }).toMatchObject({ named: true })
        }
      })

      if (namesGroup)
        test('finds no group that was dismissed', async () => {
          await server.rest('group_open_http_svc/destroy_group', { GroupId: good.GroupId })
          expect(await call(another(good))).toMatchObject({ ErrorCode: ErrorCode.GROUP_NOT_FOUND })
        })

      test('passes over fields that it does not know', async () => {
        const body = { ...((await sample(world)) as Body), Nothing: { a: [1, null] }, '': 0 }
        expect(await call(body)).toMatchObject({ ErrorCode: 0 })
      })
    })
  }

test('none of it was a defect', () => {
  expect(defects).toEqual([])
})
