import type { RestCommandName, RestCommands } from './generated/rest-commands.ts'

type Request<C extends RestCommandName> = RestCommands[C]['request']
type Response<C extends RestCommandName> = RestCommands[C]['response']

/** How a command's pages follow each other. */
interface Paging<C extends RestCommandName, Field extends keyof Request<C>> {
  /** Fields that the caller may leave out, for the first page. */
  readonly start: Pick<Request<C>, Field>
  /** Fields that change for the page after an answer; undefined after the last. */
  readonly next: (answer: Response<C>) => Partial<Request<C>> | undefined
}

function paging<C extends RestCommandName>() {
  return <Field extends keyof Request<C>>(rule: Paging<C, Field>): Paging<C, Field> => rule
}

const U32_MAX = 4294967295

/** The commands that answer in pages (rest-1 sections 4.5, 7.1 and 7.6). */
export const pagings = {
  /** Newest page first, each page oldest message first. */
  'openim/admin_getroammsg': paging<'openim/admin_getroammsg'>()({
    start: { MaxCnt: 100, MinTime: 0, MaxTime: U32_MAX },
    next: answer =>
      answer.Complete === 1 || answer.MsgCnt === 0
        ? undefined
        : { MaxTime: answer.LastMsgTime, LastMsgKey: answer.LastMsgKey },
  }),
  'recentcontact/get_list': paging<'recentcontact/get_list'>()({
    // 63: pinned ones, empty ones and marks too.
    start: { TimeStamp: 0, StartIndex: 0, TopTimeStamp: 0, TopStartIndex: 0, AssistFlags: 63 },
    next: ({ CompleteFlag, TimeStamp, StartIndex, TopTimeStamp, TopStartIndex }) =>
      CompleteFlag === 1 ? undefined : { TimeStamp, StartIndex, TopTimeStamp, TopStartIndex },
  }),
  'recentcontact/get_contact_group': paging<'recentcontact/get_contact_group'>()({
    start: { StartIndex: 0 },
    next: answer => (answer.CompleteFlag === 1 ? undefined : { StartIndex: answer.NextStartIndex }),
  }),
} as const

export type PagedCommand = keyof typeof pagings

type Started<C extends PagedCommand> = keyof (typeof pagings)[C]['start'] & keyof Request<C>

/** Body of the first page; the fields that say where it begins may be left out. */
export type PagedBody<C extends PagedCommand> = Omit<Request<C>, Started<C>> &
  Partial<Pick<Request<C>, Started<C>>>
