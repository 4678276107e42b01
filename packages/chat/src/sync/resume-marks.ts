import { RESUME_MARKS, RESUME_MARKS_BYTES } from '../bounds.ts'
import type { ConversationRecord } from '../conversations/conversation-record.ts'

/** `ConvId, Seq, ChangeNo`: up to where this client has a conversation. */
export type Mark = readonly [number, number, number]

/**
 * The marks of `sync/resume`, those of the latest conversations first. A conversation without a mark is answered as if
 * it were new; its item then is compared with what is known.
 */
export function resumeMarks(records: readonly ConversationRecord[]): readonly Mark[] {
  const marks: Mark[] = []
  let bytes = 0
  const latest = records
    .filter(record => record.convId !== 0)
    .sort((a, b) => b.view.lastMessage.lastTime - a.view.lastMessage.lastTime)
  for (const record of latest) {
    const mark: Mark = [record.convId, record.log.seq, record.log.changeNo]
    bytes += JSON.stringify(mark).length + 1
    if (marks.length >= RESUME_MARKS || bytes > RESUME_MARKS_BYTES) break
    marks.push(mark)
  }
  return marks
}
