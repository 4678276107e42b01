import { RESUME_MARKS, RESUME_MARKS_BYTES } from '../bounds.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'

/** `ConvId, Seq, ChangeNo`: up to where this client has a conversation. */
export type Mark = readonly [number, number, number]

/**
 * The marks of `sync/resume`, those of the latest conversations first. A conversation without a mark is answered as if
 * it were new; its item then is compared with what is known.
 */
export function resumeMarks(list: ConversationList): readonly Mark[] {
  const latest = list
    .all()
    .filter(record => record.convId !== 0)
    .sort((a, b) => b.view.lastMessage.lastTime - a.view.lastMessage.lastTime)
    .map((record): Mark => [record.convId, record.log.seq, record.log.changeNo])
  const former = list.former().map(([convId, { seq, changeNo }]): Mark => [convId, seq, changeNo])
  const marks: Mark[] = []
  let bytes = 0
  for (const mark of [...latest, ...former]) {
    bytes += JSON.stringify(mark).length + 1
    if (marks.length >= RESUME_MARKS || bytes > RESUME_MARKS_BYTES) break
    marks.push(mark)
  }
  return marks
}
