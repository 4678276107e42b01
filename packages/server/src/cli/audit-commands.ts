import Type from 'typebox'
import { refuse } from '../apps/refuse.ts'
import { auditedApps, type ChainState, verifyAudit } from '../audit/audit-log.ts'
import { appId } from './argument-fields.ts'
import { auditPage, auditPageArguments, auditPageText } from './audit-page.ts'
import { defineOperatorCommand } from './operator-command.ts'
import { textTable } from './text-table.ts'

const listCommand = defineOperatorCommand({
  name: 'audit list',
  summary: 'Lists what operators and app admins did, newest first; also of a deleted app.',
  args: Type.Object({ appId, ...auditPageArguments }),
  run: ({ store }, { appId, ...page }) => auditPage(store, appId, page),
  show: auditPageText,
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
