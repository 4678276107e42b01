import type { Migration } from 'kysely'
import * as firstHouse from './0001-first-house.ts'
import * as operators from './0002-operators.ts'
import * as groups from './0004-groups.ts'
import * as groupMessages from './0005-group-messages.ts'
import * as groupExtras from './0006-group-extras.ts'
import * as groupFields from './0007-group-fields.ts'

/** In order; a migration that shipped is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-house': firstHouse,
  '0002-operators': operators,
  '0004-groups': groups,
  '0005-group-messages': groupMessages,
  '0006-group-extras': groupExtras,
  '0007-group-fields': groupFields,
}
