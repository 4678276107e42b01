import type { Kysely } from 'kysely'
import { ApplicationKind, MemberRole, type Schema } from '../../store/schema.ts'
import { personsOf } from '../persons.ts'
import { approvedByMask } from './approvers.ts'
import type { ApplicationRow } from './put-application.ts'

/** Requests of a page. */
const PAGE = 50
const SECONDS_A_DAY = 86_400

/** Place of the last request of a page. */
export interface ApplicationCursor {
  readonly msgKey: number
  readonly applicant: number
}

export interface ListedApplication {
  readonly row: ApplicationRow
  readonly groupId: string
  readonly groupName: string
  readonly applicant: string
  readonly applicantNick: string
  /** Empty unless somebody is invited. */
  readonly user: string
}

/**
 * What an account may answer, newest first: requests to the groups that it owns or helps to run, and invitations to itself.
 * Handled ones stay for as long as notices do. @param days `group.noticeDays`
 */
export async function listApplications(
  db: Kysely<Schema>,
  app: number,
  account: number,
  options: { readonly cursor?: ApplicationCursor; readonly now: number; readonly days: number },
): Promise<{ readonly items: readonly ListedApplication[]; readonly next: ApplicationCursor | undefined }> {
  const { cursor, now, days } = options
  const byMask = await approvedByMask(db, app, account)
  let query = db
    .selectFrom('group_application as request')
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'request.app_id').onRef('g.group_no', '=', 'request.group_no'),
    )
    .selectAll('request')
    .select(['g.name as group_id', 'g.title as group_name'])
    .where('request.app_id', '=', app)
    .where('g.dismissed', '=', 0)
    .where(eb =>
      eb.or([
        eb.and([
          eb('request.kind', '=', ApplicationKind.INVITE_NEEDS_CONSENT),
          eb('request.user_id', '=', account),
        ]),
        eb.and([
          eb('request.kind', '<>', ApplicationKind.INVITE_NEEDS_CONSENT),
          eb.or([
            eb(
              'request.group_no',
              'in',
              eb
                .selectFrom('group_member as staff')
                .select('staff.group_no')
                .where('staff.app_id', '=', app)
                .where('staff.account_id', '=', account)
                .where('staff.role', '>', MemberRole.MEMBER),
            ).and(eb.or([eb('g.enable_permission', '=', 0), eb('g.owner_id', '=', account)])),
            ...(byMask.length > 0 ? [eb('request.group_no', 'in', byMask)] : []),
          ]),
        ]),
      ]),
    )
    .where(eb =>
      eb.or([eb('request.handled', '=', 0), eb('request.handled_time', '>', now - days * SECONDS_A_DAY)]),
    )
    .orderBy('request.msg_key', 'desc')
    .orderBy('request.applicant_id', 'desc')
    .limit(PAGE + 1)
  if (cursor)
    query = query.where(eb =>
      eb.or([
        eb('request.msg_key', '<', cursor.msgKey),
        eb.and([
          eb('request.msg_key', '=', cursor.msgKey),
          eb('request.applicant_id', '<', cursor.applicant),
        ]),
      ]),
    )
  const rows = await query.execute()
  const page = rows.slice(0, PAGE)
  const persons = await personsOf(
    db,
    app,
    page.flatMap(row => [row.applicant_id, row.user_id]),
  )
  const last = rows.length > PAGE ? page.at(-1) : undefined
  return {
    items: page.map(row => ({
      row,
      groupId: row.group_id,
      groupName: row.group_name,
      applicant: persons.get(row.applicant_id)?.userId ?? '',
      applicantNick: persons.get(row.applicant_id)?.nick ?? '',
      user: persons.get(row.user_id)?.userId ?? '',
    })),
    next: last && { msgKey: last.msg_key, applicant: last.applicant_id },
  }
}
