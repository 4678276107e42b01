import type { Kysely } from 'kysely'
import type { Services } from '../commands/services.ts'
import { pairOf } from '../messages/pair.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { CONVERSATIONS_MAX } from './own-conversations.ts'

const queries = perDatabase(db => ({
  withDeleted: new PreparedQuery<
    { app: number; owner: number; user: string },
    { account_id: number; conv_id: number }
  >(db, (db, parameter) =>
    db
      .selectFrom(
        db
          .selectFrom('user_conversation')
          .select(['app_id', 'conv_id', 'peer_id'])
          .where('app_id', '=', parameter('app'))
          .where('account_id', '=', parameter('owner'))
          .orderBy('active_day', 'desc')
          .limit(CONVERSATIONS_MAX)
          .as('uc'),
      )
      .innerJoin('account as peer', join =>
        join.onRef('peer.app_id', '=', 'uc.app_id').onRef('peer.account_id', '=', 'uc.peer_id'),
      )
      .select(['peer.account_id', 'uc.conv_id'])
      .where('peer.user_id', '=', parameter('user'))
      .where('peer.deleted', '=', 1)
      .orderBy('uc.conv_id', 'desc')
      .limit(1),
  ),
}))

/** Whom a UserID means to an owner. */
export interface NamedPeer {
  readonly accountId: number
  /** Undefined: the two have no conversation. */
  readonly conv: number | undefined
}

/**
 * The other side of the conversation that a UserID names in the owner's list: with the living account, or else with a deleted
 * one whose conversation is still there. Undefined when the name means nobody.
 */
export async function namedPeer(
  services: Pick<Services, 'accounts'> & { readonly db: Kysely<Schema> },
  app: number,
  owner: number,
  userId: string,
): Promise<NamedPeer | undefined> {
  const { db } = services
  const living = await services.accounts.find(app, userId)
  const pair = living && (await pairOf(db, app, owner, living.id))
  if (living && pair) return { accountId: living.id, conv: pair.conv }
  const gone = await queries(db).withDeleted.first({ app, owner, user: userId })
  if (gone) return { accountId: gone.account_id, conv: gone.conv_id }
  return living && { accountId: living.id, conv: undefined }
}
