import { ErrorCode } from '@rookery/protocol/error-code'
import type { Kysely } from 'kysely'
import Type from 'typebox'
import type { App } from '../apps/app.ts'
import type { Caller } from '../commands/caller.ts'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'
import type { Schema } from '../store/schema.ts'
import { changeExtensions, type ExtensionPair, Operate, requireExtensible } from './change-extensions.ts'
import { historyFloor } from './history-floor.ts'
import { messageSides, requireParticipant } from './message-accounts.ts'
import { messageKeyOrThrow } from './message-key-field.ts'
import type { MessageRow } from './message-row.ts'
import { pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

const INVALID = ErrorCode.GROUP_PARAMETER_INVALID
/** This family answers 10004 for every wrong parameter (rest-1 section 4.12). */
const UNKNOWN = { from: INVALID, to: INVALID }

const account = Type.String({ minLength: 1 })
const key = Type.String({ minLength: 1, maxLength: 50 })
const number = Type.Integer({ minimum: 0, fromText: true })

/** From_Account and To_Account name the message, not who acts: that is the admin or the logged-in user. */
const address = { From_Account: Type.Optional(account), To_Account: account, MsgKey: key }
const socketAddress = { ...address, From_Account: account }

export const operateType = Type.Union([
  Type.Literal(Operate.SET),
  Type.Literal(Operate.DELETE),
  Type.Literal(Operate.CLEAR),
])
export const extensionPair = Type.Object({
  Key: Type.String({ minLength: 1 }),
  Value: Type.Optional(Type.String()),
  Seq: Type.Optional(number),
})
export const shownPair = Type.Object({ Key: Type.String(), Value: Type.String(), Seq: Type.Integer() })

const errors = [
  INVALID,
  ErrorCode.MESSAGE_REQUEST_INVALID,
  ErrorCode.MESSAGE_ACCOUNT_INVALID,
  ErrorCode.EXTENSION_UNSUPPORTED,
  ErrorCode.EXTENSION_NOT_FOUND,
]

/** `openim_msg_ext_http_svc/set_key_values` (rest-1 section 4.12). */
export const setKeyValuesCommand = defineCommand({
  name: 'openim_msg_ext_http_svc/set_key_values',
  summary: 'Sets, deletes or clears key-values on a one-to-one message that takes them.',
  http: 'admin',
  socket: {
    request: Type.Object({
      ...socketAddress,
      OperateType: operateType,
      ExtensionList: Type.Optional(Type.Array(Type.Object({ ...extensionPair.properties, Seq: number }))),
    }),
  },
  request: Type.Object({
    ...address,
    OperateType: operateType,
    ExtensionList: Type.Optional(Type.Array(extensionPair)),
  }),
  response: Type.Object({
    ExtensionList: Type.Array(Type.Object({ ErrorCode: Type.Integer(), Extension: shownPair })),
  }),
  errors: [...errors, ErrorCode.EXTENSION_VERSION_CONFLICT, ErrorCode.EXTENSION_FREQ_LIMIT],
  async handler({ caller, body, services }) {
    const { app } = caller
    const at = await messageOf(services, caller, body)
    const pairs = body.OperateType === Operate.CLEAR ? [] : checkPairs(caller, body.ExtensionList ?? [])
    const results = await services.store.mutate(changeExtensions, {
      ...at,
      ...(caller.door === 'socket' && { viewer: caller.accountId }),
      operate: body.OperateType,
      pairs,
      perMessage: app.setting('ext.perMessage'),
      perMinute: app.setting('ext.changesPerMinute'),
    })
    return { ExtensionList: results }
  },
})

/** `openim_msg_ext_http_svc/get_key_values` (rest-1 section 4.12). */
export const getKeyValuesCommand = defineCommand({
  name: 'openim_msg_ext_http_svc/get_key_values',
  summary: 'Reads the key-values of a one-to-one message, in the order of their change.',
  http: 'admin',
  socket: { request: Type.Object({ ...socketAddress, StartSeq: Type.Optional(number) }) },
  request: Type.Object({ ...address, StartSeq: Type.Optional(number) }),
  response: Type.Object({
    CompleteFlag: Type.Integer(),
    LatestSeq: Type.Integer(),
    ClearSeq: Type.Integer(),
    ExtensionList: Type.Array(shownPair),
  }),
  errors,
  async handler({ caller, body, services }) {
    const at = await messageOf(services, caller, body)
    const db = services.store.read
    const conversation = await pairOf(db, at.app, at.sender, at.receiver)
    const query = { ...at, ...(caller.door === 'socket' && { viewer: caller.accountId }) }
    const message = requireExtensible(conversation && (await findMessage(db, conversation, query)))
    return extensionPage(db, message, body.StartSeq ?? 0, caller.app.setting('ext.returnedMax'))
  },
})

/** The key-values of a message from a number on, in the order of their change. */
export async function extensionPage(db: Kysely<Schema>, message: MessageRow, start: number, limit: number) {
  const rows = await db
    .selectFrom('message_extension')
    .select(['key as Key', 'value as Value', 'ext_seq as Seq'])
    .where('app_id', '=', message.app_id)
    .where('conv_id', '=', message.conv_id)
    .where('seq', '=', message.seq)
    .where('ext_seq', '>=', start)
    .orderBy('ext_seq')
    .orderBy('key')
    .limit(limit + 1)
    .execute()
  return {
    CompleteFlag: rows.length > limit ? 0 : 1,
    LatestSeq: message.ext_seq,
    ClearSeq: message.ext_clear_seq,
    ExtensionList: rows.slice(0, limit),
  }
}

/** Throws 23002 when the app has no extensions. */
export function requireExtensions(app: App): void {
  if (app.setting('message.extensionEnabled')) return
  throw new CommandError(
    ErrorCode.EXTENSION_UNSUPPORTED,
    'Message extensions are switched off; the operator can switch message.extensionEnabled on.',
    { check: 'message.extensionEnabled' },
  )
}

/** The message that a request names, for a caller who may ask about it. */
async function messageOf(
  services: Services,
  caller: Caller,
  body: { readonly From_Account?: string; readonly To_Account: string; readonly MsgKey: string },
) {
  const { app } = caller
  requireExtensions(app)
  const key = messageKeyOrThrow(body.MsgKey, INVALID)
  const names = { from: body.From_Account ?? caller.userId, to: body.To_Account }
  const { from, to } = await messageSides(services, caller, names, UNKNOWN)
  requireParticipant(caller, from, to)
  return { app: app.id, sender: from.id, receiver: to.id, key, notBefore: historyFloor(app) }
}

/** Throws 10004 for a list that is out of bounds. */
export function checkPairs(
  caller: Caller,
  list: readonly { readonly Key: string; readonly Value?: string; readonly Seq?: number }[],
): readonly ExtensionPair[] {
  const { app } = caller
  const [max, keyBytes, valueBytes] = [
    app.setting('ext.perOperation'),
    app.setting('ext.keyBytes'),
    app.setting('ext.valueBytes'),
  ]
  if (list.length === 0 || list.length > max)
    throw invalid('ExtensionList', `has ${list.length} items; 1 to ${max} are allowed`)
  const keys = new Set<string>()
  return list.map((one, index) => {
    const where = `ExtensionList.${index}`
    if (Buffer.byteLength(one.Key) > keyBytes)
      throw invalid(`${where}.Key`, `is longer than ${keyBytes} bytes`)
    if (Buffer.byteLength(one.Value ?? '') > valueBytes)
      throw invalid(`${where}.Value`, `is longer than ${valueBytes} bytes`)
    if (keys.has(one.Key)) throw invalid(`${where}.Key`, 'is in the list twice')
    keys.add(one.Key)
    return { Key: one.Key, Value: one.Value ?? '', Seq: one.Seq ?? 0 }
  })
}

function invalid(field: string, what: string): CommandError {
  return new CommandError(INVALID, `${field} ${what}.`, { check: 'ExtensionList', field })
}
