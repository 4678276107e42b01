import Type from 'typebox'
import { refuse } from '../apps/refuse.ts'
import { AUDIT_PAGE_MAX, auditedApps, type ChainState, readAudit, verifyAudit } from '../audit/audit-log.ts'
import { appId } from './argument-fields.ts'
import { defineOperatorCommand } from './operator-command.ts'
import { moment, textTable } from './text-table.ts'

const PAGE_DEFAULT = 50

const listCommand = defineOperatorCommand({
  name: 'audit list',
  summary: 'Lists what operators and app admins did, newest first; also of a deleted app.',
  args: Type.Object({
    appId,
    before: Type.Optional(
      Type.Integer({ minimum: 1, word: 'NO', description: 'Only rows below this number.' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: AUDIT_PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
    ),
  }),
  async run({ store }, { appId, before, limit = PAGE_DEFAULT }) {
    const page = await readAudit(store.read, { app: appId, limit, ...(before !== undefined && { before }) })
    return { rows: page.rows, next: page.next ?? null }
  },
  show: ({ rows, next }) =>
    rows.length === 0
      ? 'No rows.'
      : `${textTable(
          ['NO', 'TIME', 'ACTOR', 'ACTION', 'TARGET', 'DETAIL'],
          rows.map(row => [
            String(row.no),
            moment(Math.floor(row.time_ms / 1000)),
            row.actor,
            row.action,
            row.target,
            row.detail === '{}' ? '' : row.detail,
          ]),
        )}${next === null ? '' : `\nOlder rows: add --before ${next}`}`,
})

const verifyCommand = defineOperatorCommand({
  name: 'audit verify',
  summary: 'Checks that no audit row was changed or removed, for one app or all.',
  args: Type.Object({ appId: Type.Optional(appId) }),
  async run({ store }, { appId }) {
    const apps = appId === undefined ? await auditedApps(store.read) : [appId]
    const chains: ChainState[] = []
    for (const app of apps) chains.push(await verifyAudit(store.read, app))
    const broken = chains.find(chain => chain.broken)
    if (broken?.broken)
      throw refuse(
        'audit-chain',
        `The audit log of app ${broken.app} was tampered with: row ${broken.broken.no}: ${broken.broken.reason}. ` +
          `The ${broken.rows} rows before it are intact.`,
      )
    return chains
  },
  show: chains =>
    chains.length === 0
      ? 'There are no audit rows.'
      : `${textTable(
          ['SDKAPPID', 'ROWS', 'NEWEST HASH'],
          chains.map(chain => [String(chain.app), String(chain.rows), chain.head]),
        )}\nIntact. Note the newest hash elsewhere to notice later when rows are cut off at the end.`,
})

export const auditCommands = [listCommand, verifyCommand]
