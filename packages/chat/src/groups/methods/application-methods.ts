import { ErrorCode } from '@rookery/protocol/error-code'
import { type Content, contentsOf, isContent, numberOf, textOf } from '../../messages/content.ts'
import type { Group } from '../../named-types.ts'
import type { Untyped } from '../../untyped.ts'
import { type GroupContext, given, groupIdIn, ONCE, pace } from './context.ts'

/** What an app may handle: an application of the list, or the notice that told of one. */
export interface HandleOptions {
  readonly handleAction: string
  readonly handleMessage?: string | undefined
  readonly application?: Untyped | undefined
  readonly message?: Untyped | undefined
}

/** Kinds of applications by the notice that tells of them (sdk-2 sections 2.1 and 5). */
const TYPE_OF_NOTICE: Readonly<Record<number, number>> = { 1: 0, 23: 1, 12: 2 }

/** Applications and invitations that wait for an answer: sdk-2 section 2. */
export function applicationMethods(context: GroupContext) {
  const { groups, call, me, Error: Failure } = context
  const paceList = pace(context, 'getGroupApplicationList', 15, 1_000)
  /** Proofs by `applicationID`, for kits that pass a copy without the private fields. */
  const proofs = new Map<string, string>()

  return {
    async getGroupApplicationList() {
      paceList()
      const items: Content[] = []
      let cursor = ''
      do {
        const reply = await call('group/applications', cursor === '' ? {} : { Cursor: cursor })
        items.push(...contentsOf(reply.Items))
        cursor = textOf(reply.NextCursor)
      } while (cursor !== '')
      // Kits take the length of the list for the number of those that wait.
      const applicationList = items.filter(it => it.HandleAction === undefined).map(applicationOf)
      proofs.clear()
      for (const it of applicationList) proofs.set(it.applicationID, it._authentication)
      return { applicationList }
    },

    /** Rejects 10024 when somebody was faster. */
    async handleGroupApplication(options: HandleOptions): Promise<{ readonly group?: Group }> {
      const it = given(options)
      const action = textOf(it.handleAction)
      if (action !== 'Agree' && action !== 'Reject') {
        throw new Failure(ErrorCode.OPERATION_INVALID, "handleAction must be 'Agree' or 'Reject'.")
      }
      const request = requestOf(it, me(), proofs)
      const note = textOf(it.handleMessage)
      const reply = await call(
        'group/handle_application',
        {
          ...request,
          GroupId: groupIdIn(context, request.GroupId),
          Action: action,
          ...(note !== '' && { HandleMsg: note }),
        },
        ONCE,
      )
      if (!reply.Group) return {}
      const group = groups.apply(reply.Group as Parameters<typeof groups.apply>[0])
      groups.flush()
      return { group }
    },
  }
}

function applicationOf(it: Content) {
  return {
    applicant: textOf(it.Applicant_Account),
    applicantNick: textOf(it.Applicant_Nick),
    userID: textOf(it.User_Account),
    groupID: textOf(it.GroupId),
    groupName: textOf(it.GroupName),
    applicationType: numberOf(it.ApplicationType),
    note: textOf(it.Note),
    time: numberOf(it.Time),
    /** 0: waits for an answer. The proof that it may be handled is kept apart. */
    authentication: 0,
    messageKey: numberOf(it.MsgKey),
    applicationID: `${textOf(it.GroupId)}-${textOf(it.Applicant_Account)}-${textOf(it.User_Account)}-${numberOf(it.MsgKey)}`,
    handleMessage: '',
    handledMsg: '',
    _authentication: textOf(it.Authentication),
  }
}

function requestOf(options: Content, me: string, proofs: ReadonlyMap<string, string>) {
  if (isContent(options.application)) {
    const it = options.application
    return {
      GroupId: it.groupID,
      Applicant_Account: textOf(it.applicant),
      ...(textOf(it.userID) !== '' && { User_Account: textOf(it.userID) }),
      ApplicationType: numberOf(it.applicationType),
      MsgKey: numberOf(it.messageKey),
      Authentication: textOf(it._authentication) || (proofs.get(textOf(it.applicationID)) ?? ''),
    }
  }
  const message = isContent(options.message) ? options.message : {}
  const payload = isContent(message.payload) ? message.payload : {}
  const type = TYPE_OF_NOTICE[numberOf(payload.operationType)] ?? 0
  const userID = type === 2 ? me : textOf(payload.userID)
  return {
    GroupId: message.to,
    Applicant_Account: textOf(payload.operatorID),
    ...(userID !== '' && { User_Account: userID }),
    ApplicationType: type,
    MsgKey: numberOf(payload.messageKey),
    Authentication: textOf(payload.authentication),
  }
}
