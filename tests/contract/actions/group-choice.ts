import type { Device } from '../clients/device.ts'
import type { Actor } from '../history/entry.ts'
import type { Random } from '../random.ts'
import { ADMIN, type World, type WorldGroup } from '../world.ts'

/** What is tried against the odds, which a node must refuse. */
const AGAINST_ODDS = 0.05

/** A living group that fits; now and then one that does not. */
export function chooseGroup(
  world: World,
  random: Random,
  fits: (group: WorldGroup) => boolean,
): WorldGroup | undefined {
  const living = world.groups.filter(it => !it.isDismissed)
  return random.pick(random.chance(AGAINST_ODDS) ? living : living.filter(fits))
}

export const isIn =
  ({ user }: Device) =>
  (group: WorldGroup): boolean =>
    group.members.has(user)

/** Somebody of the group other than its owner and its founder, as far as is known. */
export function chooseMember({ owner, founder, members }: WorldGroup, random: Random): string | undefined {
  return random.pick([...members].filter(it => it !== owner && it !== founder))
}

/** The app itself, which calls over REST. */
export const APP: Actor = { user: ADMIN, device: 'REST', session: 0 }
