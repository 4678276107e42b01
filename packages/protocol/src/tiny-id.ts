// Internal account numbers are shown above 2^57, as the vendor's are, so that nobody mistakes one for a count. Its decimal
// digits in two parts: every message shows a number, and a BigInt costs several times as much.
const BASE_HIGH = 144_115_188
const BASE_LOW = 75_855_872
const BILLION = 1_000_000_000

/** Decimal text of an account's internal number; above 2^53, so never a JSON number. */
export function tinyIdOf(accountId: number): string {
  const low = BASE_LOW + accountId
  return `${BASE_HIGH + Math.floor(low / BILLION)}${String(low % BILLION).padStart(9, '0')}`
}
