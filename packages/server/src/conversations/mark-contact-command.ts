import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { App } from '../apps/app.ts'
import { type Call, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import {
  type ContactItem,
  contactItem,
  type ItemResult,
  itemResult,
  markedResult,
  resolveContact,
} from './contact-item.ts'
import { owner } from './conversation-parties.ts'
import { MARKS, type MarkChange, markConversations } from './mark-conversations.ts'

const marks = Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: MARKS }), { maxItems: MARKS }))

const markItem = Type.Object({
  /** 1 standard marks, 2 custom mark, 3 both. */
  OptType: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]),
  ContactItem: contactItem,
  SetMark: marks,
  ClearMark: marks,
  CustomMark: Type.Optional(Type.String()),
})

type MarkItem = Type.Static<typeof markItem>

const fields = { MarkItem: Type.Array(markItem) }

/** `recentcontact/mark_contact` (rest-1 section 7.5). */
export const markContactCommand = defineCommand({
  name: 'recentcontact/mark_contact',
  summary: 'Sets and clears the marks and the custom data of conversations.',
  http: 'admin',
  socket: { request: Type.Object(fields), acting: 'From_Account' },
  request: Type.Object({ From_Account: Type.String({ minLength: 1 }), ...fields }),
  response: Type.Object({
    ResultItem: Type.Array(Type.Object({ OptType: Type.Integer(), ContactItem: contactItem, ...itemResult })),
  }),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_BATCH_LIMIT,
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    ErrorCode.CONVERSATION_MARKED_LIMIT,
  ],
  async handler(call) {
    const { app } = call.caller
    const items = call.body.MarkItem
    checkBatch(app, items.length)
    const { id } = await owner(call, call.body.From_Account)
    const results: ItemResult[] = []
    const changes: MarkChange[] = []
    const places: number[] = []
    for (const [index, item] of items.entries()) {
      const change = await toChange(call, id, item)
      if ('refused' in change) results[index] = change.refused
      else {
        changes.push(change)
        places.push(index)
      }
    }
    if (changes.length > 0) {
      const markedMax = app.setting('conv.markedMax')
      const { codes } = await call.services.store.mutate(markConversations, {
        app: app.id,
        owner: id,
        changes,
        markedMax,
      })
      for (const [index, place] of places.entries())
        results[place] = markedResult(codes[index] ?? 0, markedMax)
    }
    return {
      ResultItem: items.map(({ OptType, ContactItem }, index) => ({
        OptType,
        ContactItem,
        ...results[index],
      })),
    }
  },
})

/** Refuses a batch of no conversation or more than one operation takes (51006). */
export function checkBatch(app: App, size: number): void {
  const max = app.setting('conv.markPerOp')
  if (size >= 1 && size <= max) return
  throw new CommandError(
    ErrorCode.CONVERSATION_BATCH_LIMIT,
    `The request names ${size} conversations; name 1 to ${max}, or split it.`,
    { check: 'conv.markPerOp', given: size, max },
  )
}

async function toChange(
  call: Call<unknown>,
  ownerId: number,
  item: MarkItem,
): Promise<MarkChange | { readonly refused: ItemResult }> {
  const wrong = badCustom(call.caller.app, item)
  if (wrong)
    return {
      refused: { ResultCode: ErrorCode.CONVERSATION_PARAMETER_INVALID, ResultInfo: wrong },
    }
  const contact = await resolveContact(call, ownerId, item.ContactItem as ContactItem)
  if ('refused' in contact) return contact
  const { OptType, CustomMark } = item
  return {
    ...contact,
    set: OptType === 2 ? [] : (item.SetMark ?? []),
    clear: OptType === 2 ? [] : (item.ClearMark ?? []),
    ...(OptType !== 1 && CustomMark !== undefined && { custom: CustomMark }),
  }
}

function badCustom(app: App, item: MarkItem): string | undefined {
  if (item.OptType === 1) return undefined
  if (item.CustomMark === undefined)
    return item.OptType === 2 ? 'CustomMark is missing for OptType 2; send "" to clear it.' : undefined
  const bytes = Buffer.byteLength(item.CustomMark)
  const max = app.setting('conv.customBytes')
  return bytes > max ? `CustomMark has ${bytes} bytes, ${max} are allowed.` : undefined
}
