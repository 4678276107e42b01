import type { AppendItem, AppendKey, AppendResult, GroupAddress } from '../append.ts'
import type { BatchOutcome, WriteOperation, WriteOutcome } from './batch-writer.ts'

/**
 * Batches and their outcomes on the way between the threads, one text each: a JSON array of all values without their names, and
 * for batches a line end and the texts of all messages behind it. Naming members and escaping JSON within JSON costs twice as
 * much (docs/performance.md).
 */

type Value = number | string | object

/** What the next values are. */
const APPEND = 1
const OTHER = 0

const KEY_KINDS = ['client', 'rest', 'import'] as const satisfies readonly AppendKey['kind'][]

export function batchText(operations: readonly WriteOperation[]): string {
  const values: Value[] = []
  let texts = ''
  for (const operation of operations) {
    if (operation.kind !== 'append') {
      values.push(OTHER, operation)
      continue
    }
    const { item } = operation
    const { key, body, custom, pushInfo } = item
    values.push(
      APPEND,
      item.app,
      item.sender,
      item.receiver,
      item.msgSeq,
      item.random,
      item.clientTime,
      item.flags,
      item.importTime,
      KEY_KINDS.indexOf(key.kind),
      key.kind === 'import' ? '' : key.hash,
      body.length,
      custom.length,
      pushInfo.length,
      item.group ?? 0,
    )
    texts += body
    if (custom) texts += custom
    if (pushInfo) texts += pushInfo
  }
  // JSON text has no line end of its own.
  return `${JSON.stringify(values)}\n${texts}`
}

export function readBatch(text: string): WriteOperation[] {
  const end = text.indexOf('\n')
  const values = JSON.parse(text.slice(0, end)) as Value[]
  const operations: WriteOperation[] = []
  let textAt = end + 1
  const takeText = (length: Value | undefined) => {
    const from = textAt
    textAt += length as number
    return text.slice(from, textAt)
  }
  for (let at = 0; at < values.length; ) {
    if (values[at++] === OTHER) {
      operations.push(values[at++] as WriteOperation)
      continue
    }
    const item = {
      app: values[at++] as number,
      sender: values[at++] as number,
      receiver: values[at++] as number,
      msgSeq: values[at++] as number,
      random: values[at++] as number,
      clientTime: values[at++] as number,
      flags: values[at++] as number,
      importTime: values[at++] as number,
      key: keyOf(values[at++] as number, values[at++] as string),
      body: takeText(values[at++]),
      custom: takeText(values[at++]),
      pushInfo: takeText(values[at++]),
    } satisfies AppendItem
    const group = values[at++] as GroupAddress | 0
    operations.push({ kind: 'append', item: group === 0 ? item : { ...item, group } })
  }
  return operations
}

function keyOf(kind: number, hash: string): AppendKey {
  const name = KEY_KINDS[kind]
  if (name === undefined) throw new Error(`No key of a message is of kind ${kind}.`)
  return name === 'import' ? { kind: name } : { kind: name, hash }
}

/** The outcomes that most messages have. */
const NUMBERED = ['stored', 'duplicate'] as const
type Numbered = Extract<AppendResult, { readonly seq: number }>

export function outcomeText({ outcomes, ...rest }: BatchOutcome): string {
  const values: Value[] = [rest]
  for (const outcome of outcomes) {
    if (!('appended' in outcome) || !('seq' in outcome.appended)) {
      values.push(OTHER, outcome)
      continue
    }
    const { appended } = outcome
    values.push(
      APPEND + NUMBERED.indexOf(appended.outcome),
      appended.conv,
      appended.seq,
      appended.time,
      appended.msgSeq,
      appended.countNo,
      appended.flags,
    )
  }
  return JSON.stringify(values)
}

export function readOutcome(text: string): BatchOutcome {
  const values = JSON.parse(text) as Value[]
  const rest = values[0] as Omit<BatchOutcome, 'outcomes'>
  const outcomes: WriteOutcome[] = []
  for (let at = 1; at < values.length; ) {
    const kind = values[at++] as number
    if (kind === OTHER) {
      outcomes.push(values[at++] as WriteOutcome)
      continue
    }
    const outcome = NUMBERED[kind - APPEND]
    if (!outcome) throw new Error(`No message has an outcome of kind ${kind}.`)
    const appended: Numbered = {
      outcome,
      conv: values[at++] as number,
      seq: values[at++] as number,
      time: values[at++] as number,
      msgSeq: values[at++] as number,
      countNo: values[at++] as number,
      flags: values[at++] as number,
    }
    outcomes.push({ appended })
  }
  return { ...rest, outcomes }
}
