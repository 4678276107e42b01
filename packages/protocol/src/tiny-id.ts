/** Internal account numbers are shown above 2^57, as the vendor's are, so that nobody mistakes one for a count. */
const BASE = 144115188075855872n

/** Decimal text of an account's internal number; above 2^53, so never a JSON number. */
export function tinyIdOf(accountId: number): string {
  return (BASE + BigInt(accountId)).toString()
}
