import type { Services } from '../commands/services.ts'
import { forgetDeparted } from './members/forget-account.ts'
import { finishDismissals } from './profile/dismiss-group.ts'

/** Ends what a stop interrupted: members of dismissed groups, groups of deleted accounts. */
export async function sweepGroups(services: Services): Promise<void> {
  const { settings, store, apps } = services
  await finishDismissals(store, {
    max: settings['group.noticesMax'],
    days: settings['group.noticeDays'],
  })
  await forgetDeparted(store, apps)
}
