import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand, RawAnswer } from '../../commands/command.ts'
import { requireInside } from '../audience/require-insider.ts'
import { actorOf, COMMON_ERRORS, groupOf } from '../commands/group-caller.ts'
import { groupId } from '../commands/group-fields.ts'
import { badField, denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { changeCounters, countersOf, countersText, deleteCounters } from './change-counters.ts'

const keys = Type.Optional(Type.Array(Type.String(), { description: 'Keys; absent: all counters.' }))
const key = Type.String({ minLength: 1, description: 'Key of the counter, up to 128 bytes.' })
const counters = Type.Array(
  Type.Object({ Key: key, Value: Type.Integer({ description: 'Its value, int64.' }) }),
  {
    description: 'The counters with their values.',
  },
)
const answer = Type.Object({ GroupCounter: counters })

async function groupWithCounters(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  id: string,
): Promise<GroupRow> {
  const group = await groupOf(call, id)
  if (!TYPE_RULES[group.type].counters) throw denied('Communities and topics have no counters.', 'type')
  await requireInside(call, group)
  return group
}

const getRequest = Type.Object({ GroupId: groupId, GroupCounterKeys: keys })

/** `group_open_http_svc/get_group_counter` (rest-2 section 8.7). */
const getCommand = defineCommand({
  name: 'group_open_http_svc/get_group_counter',
  summary: 'Reads counters of a group.',
  http: 'admin',
  request: getRequest,
  socket: { request: getRequest },
  response: answer,
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await groupWithCounters(call, call.body.GroupId)
    const wanted = call.body.GroupCounterKeys ?? []
    const all = await countersOf(call.services.store.read, group)
    return answered(all.filter(counter => wanted.length === 0 || wanted.includes(counter.key)))
  },
})

const updateRequest = Type.Object({
  GroupId: groupId,
  GroupCounter: Type.Array(
    Type.Object({
      Key: key,
      Value: Type.Union([Type.Integer(), Type.String({ pattern: '^-?\\d{1,19}$' })], {
        description: 'An integer; as decimal text when it is beyond 2^53.',
      }),
    }),
    { minItems: 1, maxItems: 1000, description: 'The counters with their values.' },
  ),
  Mode: Type.Union([Type.Literal('Set'), Type.Literal('Increase'), Type.Literal('Decrease')], {
    description: '`Set` the value, `Increase` or `Decrease` by it.',
  }),
})

/** `group_open_http_svc/update_group_counter` (rest-2 section 8.7). */
const updateCommand = defineCommand({
  name: 'group_open_http_svc/update_group_counter',
  summary: 'Sets counters of a group, or adds to them or takes from them.',
  http: 'admin',
  request: updateRequest,
  socket: { request: updateRequest },
  response: answer,
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_COUNTER_LIMIT],
  async handler(call) {
    const { body, caller, services } = call
    const keyBytes = caller.app.setting('counter.keyBytes')
    for (const { Key, Value } of body.GroupCounter) {
      if (Buffer.byteLength(Key) > keyBytes) throw badField('Key', `has more than ${keyBytes} bytes`)
      if (typeof Value === 'number' && !Number.isSafeInteger(Value))
        throw badField('Value', 'is beyond 2^53, where numbers lose digits; send it as decimal text')
    }
    const group = await groupWithCounters(call, body.GroupId)
    const changed = await services.store.mutate(changeCounters, {
      app: group.app_id,
      group: group.group_no,
      actor: await actorOf(call),
      mode: body.Mode,
      counters: body.GroupCounter.map(({ Key, Value }) => ({ key: Key, value: String(Value) })),
      max: caller.app.setting('counter.max'),
    })
    return answered(changed)
  },
})

const deleteRequest = Type.Object({ GroupId: groupId, GroupCounterKeys: keys })

/** `group_open_http_svc/delete_group_counter` (rest-2 section 8.7). */
const deleteCommand = defineCommand({
  name: 'group_open_http_svc/delete_group_counter',
  summary: 'Deletes counters of a group and answers what they were.',
  http: 'admin',
  request: deleteRequest,
  socket: { request: deleteRequest },
  response: answer,
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await groupWithCounters(call, call.body.GroupId)
    const gone = await call.services.store.mutate(deleteCounters, {
      app: group.app_id,
      group: group.group_no,
      actor: await actorOf(call),
      keys: call.body.GroupCounterKeys ?? [],
    })
    return answered(gone)
  },
})

function answered(list: Parameters<typeof countersText>[0]): RawAnswer {
  return new RawAnswer(`"GroupCounter":${countersText(list)}`)
}

export const counterCommands: readonly Command[] = [getCommand, updateCommand, deleteCommand]
