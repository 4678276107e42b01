import { secondHasPassed } from '../login/kick.ts'

/**
 * Resolves once a UserSig that is signed now carries a later second than `validAfter`, so that the caller may answer
 * (DESIGN-SECURITY 2). Waits one second at most: a mark further ahead comes from a signer whose clock is fast.
 */
export async function markIsPast(validAfter: number): Promise<void> {
  await secondHasPassed(validAfter)
}
