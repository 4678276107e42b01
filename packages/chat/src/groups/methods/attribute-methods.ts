import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupEventFrame } from '@rookery/protocol/wire-group'
import { contentsOf, isContent, numberOf, textOf } from '../../messages/content.ts'
import { type GroupContext, given, groupIdIn, ONCE, pace, REST } from './context.ts'

type Attributes = Record<string, string>
type AttributeFrame = Extract<GroupEventFrame, { readonly ev: 'groupAttr' }>

interface Known {
  readonly values: Attributes
  /** Counts the changes of the group's attributes; 0 when the server did not tell. */
  readonly seq: number
}

const WINDOW = 5_000
const TOPIC_MARK = '@TOPIC#_'

export interface WriteOptions {
  readonly groupID: string
  readonly groupAttributes: Readonly<Record<string, string>>
}

export interface KeysOptions {
  readonly groupID: string
  readonly keyList?: readonly string[] | undefined
}

/** Attributes: sdk-2 section 6. A write carries the state that it was made from; who was slower gets 10056 and asks again. */
export function attributeMethods(context: GroupContext) {
  const { groups, call, emit, EVENT, Error: Failure } = context
  const paceRead = pace(context, 'getGroupAttributes', 20, WINDOW)
  const paceWrite = pace(context, 'writing group attributes', 10, WINDOW)
  const known = new Map<string, Known>()

  const read = async (groupID: string): Promise<Known> => {
    const reply = await call('group_open_attr_http_svc/get_group_attr', { GroupId: groupID })
    const state: Known = { values: attributesOf(reply.GroupAttrAry), seq: numberOf(reply.AttrSeq) }
    known.set(groupID, state)
    return state
  }

  /** Also of topics that were not seen yet: their IDs tell (sdk-2 section 7). */
  const isTopic = (groupID: string): boolean => groups.isTopic(groupID) || groupID.includes(TOPIC_MARK)

  const write = async (cmd: string, groupID: string, body: object): Promise<void> => {
    if (isTopic(groupID))
      throw new Failure(ErrorCode.ATTRIBUTES_TYPE_UNSUPPORTED, 'Topics have no attributes.')
    if (groups.isRoom(groupID) && groups.room !== groupID) {
      throw new Failure(
        ErrorCode.ATTRIBUTES_NOT_JOINED,
        `Join the room ${groupID} before its attributes are changed.`,
      )
    }
    paceWrite()
    const seq = known.get(groupID)?.seq ?? 0
    try {
      const fields = { GroupId: groupID, ...body, ...(seq > 0 && { AttrSeq: seq }) }
      await call(`${REST}${cmd}`, fields, ONCE)
    } catch (cause) {
      const isConflict = cause instanceof Failure && cause.code === ErrorCode.GROUP_ATTRIBUTE_WRITE_CONFLICT
      if (isConflict) await read(groupID)
      throw cause
    }
    // The change comes as an event too; the next write is made from a state that has it.
    await read(groupID)
  }

  return {
    /** Replaces everything. */
    async initGroupAttributes(options: WriteOptions) {
      const it = given(options)
      const groupAttributes = textsOf(it.groupAttributes)
      const GroupAttr = pairsOf(groupAttributes)
      await write('set_group_attr', groupIdIn(context, it.groupID), { GroupAttr })
      return { groupAttributes }
    },

    async setGroupAttributes(options: WriteOptions) {
      const it = given(options)
      const groupAttributes = textsOf(it.groupAttributes)
      const GroupAttr = pairsOf(groupAttributes)
      await write('modify_group_attr', groupIdIn(context, it.groupID), { GroupAttr })
      return { groupAttributes }
    },

    /** Without keys: all. */
    async deleteGroupAttributes(options: KeysOptions) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const keyList = keysOf(it.keyList)
      if (keyList.length === 0) await write('clear_group_attr', groupID, {})
      else await write('delete_group_attr', groupID, { GroupAttr: keyList.map(key => ({ key })) })
      return { keyList }
    },

    /**
     * Kits ask for every group that they open, also a former one, and catch nothing: what has no attributes for this user
     * answers an empty object.
     */
    async getGroupAttributes(options: KeysOptions): Promise<{ readonly groupAttributes: Attributes }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      if (isTopic(groupID) || (groups.isRoom(groupID) && groups.room !== groupID))
        return { groupAttributes: {} }
      paceRead()
      const values = await read(groupID).then(state => state.values, emptyWhenGone)
      const keyList = keysOf(it.keyList)
      const wanted = Object.entries(values).filter(([key]) => keyList.length === 0 || keyList.includes(key))
      return { groupAttributes: Object.fromEntries(wanted) }
    },

    /** The event tells what changed; apps are told the whole. */
    async onAttributes(frame: AttributeFrame): Promise<void> {
      const { GroupId: groupID } = frame
      const state = known.get(groupID)
      const isNext =
        frame.Replace === 1 || (state !== undefined && state.seq > 0 && state.seq === frame.AttrSeq - 1)
      if (isNext) {
        const values = frame.Replace === 1 ? {} : { ...state?.values }
        for (const { key, value } of frame.Changed) values[key] = value
        for (const key of frame.Deleted) delete values[key]
        known.set(groupID, { values, seq: frame.AttrSeq })
      } else if (!state || state.seq < frame.AttrSeq) await read(groupID)
      const data = { groupID, groupAttributes: { ...known.get(groupID)?.values } }
      // The newest store reads them from the event itself.
      emit({ name: EVENT.GROUP_ATTRIBUTES_UPDATED, data, ...data })
    },
  }
}

const GONE: readonly number[] = [ErrorCode.GROUP_PERMISSION_DENIED, ErrorCode.GROUP_NOT_FOUND]

function emptyWhenGone(cause: unknown): Attributes {
  if (isContent(cause) && GONE.includes(numberOf(cause.code))) return {}
  throw cause
}

function attributesOf(list: unknown): Attributes {
  return Object.fromEntries(contentsOf(list).map(it => [textOf(it.key), textOf(it.value)]))
}

function textsOf(value: unknown): Attributes {
  if (!isContent(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
}

function pairsOf(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value }))
}

export function keysOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : []
}
