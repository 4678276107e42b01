import type { Database, Statement } from 'bun:sqlite'
import type { AppendItem, GroupAddress } from '../append.ts'
import { addressText } from '../message-address.ts'
import type { MessageNumbers } from '../number-message.ts'

/** What few messages of groups have beside their row. */
export class GroupExtras {
  readonly #address: Statement
  readonly #mention: Statement
  readonly #activate: Statement

  constructor(database: Database) {
    this.#address = database.prepare(
      'update message set to_ids = ?, at_info = ? where app_id = ? and conv_id = ? and seq = ?',
    )
    this.#mention = database.prepare(
      'insert into message_mention (app_id, conv_id, account_id, seq) values (?, ?, ?, ?) on conflict do nothing',
    )
    this.#activate = database.prepare(
      'update chat_group set active = 1 where app_id = ? and group_no = ? and active = 0',
    )
  }

  store({ app }: AppendItem, group: GroupAddress, { seq }: MessageNumbers): void {
    if (group.to.length > 0 || group.atInfo !== '')
      this.#address.run(addressText(group.to), group.atInfo, app, group.conv, seq)
    for (const account of group.mentions) this.#mention.run(app, group.conv, account, seq)
    if (group.activates) this.#activate.run(app, group.no)
  }
}
