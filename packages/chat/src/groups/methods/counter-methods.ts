import type { GroupEventFrame } from '@rookery/protocol/wire-group'
import { contentsOf, isContent, numberOf, textOf } from '../../messages/content.ts'
import { keysOf } from './attribute-methods.ts'
import { type GroupContext, given, groupIdIn, ONCE, pace, REST } from './context.ts'

type CounterFrame = Extract<GroupEventFrame, { readonly ev: 'groupCounter' }>

const WINDOW = 5_000
const CALLS = 20

export interface StepOptions {
  readonly groupID: string
  readonly key: string
  readonly value: number
}

/** Counters: sdk-2 section 6. */
export function counterMethods(context: GroupContext) {
  const { call, emit, EVENT } = context
  const paces = {
    Set: pace(context, 'setGroupCounters', CALLS, WINDOW),
    Increase: pace(context, 'increaseGroupCounter', CALLS, WINDOW),
    Decrease: pace(context, 'decreaseGroupCounter', CALLS, WINDOW),
    get: pace(context, 'getGroupCounters', CALLS, WINDOW),
  }

  const update = async (mode: 'Set' | 'Increase' | 'Decrease', groupID: string, counters: Counters) => {
    paces[mode]()
    const reply = await call(
      `${REST}update_group_counter`,
      {
        GroupId: groupID,
        GroupCounter: Object.entries(counters).map(([Key, Value]) => ({ Key, Value })),
        Mode: mode,
      },
      ONCE,
    )
    return countersOf(reply.GroupCounter)
  }

  const step = async (mode: 'Increase' | 'Decrease', options: StepOptions) => {
    const it = given(options)
    const groupID = groupIdIn(context, it.groupID)
    const key = textOf(it.key)
    const after = await update(mode, groupID, { [key]: numberOf(it.value) })
    return { groupID, key, value: after[key] ?? 0 }
  }

  return {
    async setGroupCounters(options: {
      readonly groupID: string
      readonly counters: Readonly<Record<string, number>>
    }) {
      const it = given(options)
      const asked = Object.entries(isContent(it.counters) ? it.counters : {})
      const counters = Object.fromEntries(asked.map(([key, value]) => [key, numberOf(value)]))
      return { counters: await update('Set', groupIdIn(context, it.groupID), counters) }
    },

    increaseGroupCounter: async (options: StepOptions) => step('Increase', options),

    decreaseGroupCounter: async (options: StepOptions) => step('Decrease', options),

    async getGroupCounters(options: {
      readonly groupID: string
      readonly keyList?: readonly string[] | undefined
    }): Promise<{ readonly counters: Counters }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      paces.get()
      const keyList = keysOf(it.keyList)
      const reply = await call(`${REST}get_group_counter`, {
        GroupId: groupID,
        ...(keyList.length > 0 && { GroupCounterKeys: keyList }),
      })
      return { counters: countersOf(reply.GroupCounter) }
    },

    onCounters(frame: CounterFrame): void {
      const { GroupId: groupID } = frame
      for (const { Key: key, Value: value } of frame.Changed)
        emit({ name: EVENT.GROUP_COUNTER_UPDATED, data: { groupID, key, value } })
    },
  }
}

type Counters = Record<string, number>

function countersOf(list: unknown): Counters {
  return Object.fromEntries(contentsOf(list).map(it => [textOf(it.Key), numberOf(it.Value)]))
}
