import type { Device } from '../clients/device.ts'
import type { Random } from '../random.ts'
import type { World, WorldGroup } from '../world.ts'

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

/** Somebody of the group other than its owner, as far as is known. */
export function chooseMember({ owner, members }: WorldGroup, random: Random): string | undefined {
  return random.pick([...members].filter(it => it !== owner))
}
