/**
 * The writer's thread: opens the database, then takes one batch at a time and answers it, as texts (hand-over.ts): a text
 * crosses threads faster than an object graph (decision 1).
 */
import '../mutations.ts'
import { BatchWriter, type RestartFailure } from './batch-writer.ts'
import { outcomeText, readBatch } from './hand-over.ts'
import { openDatabase } from './open-database.ts'

declare const self: Worker

interface OpenRequest {
  readonly open: { readonly folder: string; readonly nodeId: string }
}

let writer: BatchWriter | undefined

self.onmessage = async (event: MessageEvent<OpenRequest | string | 'close' | 'restart-log' | 'shrink'>) => {
  if (event.data === 'restart-log') {
    try {
      writer?.restartLog()
    } catch (error) {
      // No batch is lost by it: the log goes on growing.
      postMessage({ restartFailed: String(error) } satisfies RestartFailure)
    }
    return
  }
  if (event.data === 'shrink') {
    writer?.shrink()
    return
  }
  if (event.data === 'close') {
    writer?.close()
    postMessage('closed')
    return
  }
  if (typeof event.data === 'string') {
    if (!writer) throw new Error('A batch came before the database was opened.')
    postMessage(outcomeText(await writer.write(readBatch(event.data))))
    return
  }
  try {
    const { folder, nodeId } = event.data.open
    const opening = new BatchWriter(openDatabase(folder, 'write'), nodeId)
    await opening.open()
    writer = opening
    postMessage('opened')
  } catch (error) {
    postMessage(`failed:${error instanceof Error ? error.message : String(error)}`)
  }
}
