import { ok } from '../chat-error.ts'

/** Ability bits of `isCommercialAbilityEnabled` that this package serves (sdk-1 section 2.4). */
const ABILITIES: readonly number[] = [
  // Read receipts of messages.
  2 ** 5,
  // Marks of conversations.
  2 ** 9,
]

/** Kits call this on every login; whatever they ask, nothing is thrown. */
export function experimentalApi(key: unknown, argument: unknown): boolean | Promise<unknown> {
  if (key === 'canIUseModule') return true
  if (key === 'isCommercialAbilityEnabled') {
    return Promise.resolve(ok({ enabled: typeof argument === 'number' && ABILITIES.includes(argument) }))
  }
  return Promise.resolve(ok({}))
}
