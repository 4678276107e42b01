import { badField } from '../group-error.ts'

const MASK_MAX = 2n ** 64n - 1n

/** Decimal text of a 64-bit mask, also of a number or of hexadecimal text; undefined for anything else. */
function maskText(value: number | string): string | undefined {
  if (
    typeof value === 'number' ? !Number.isSafeInteger(value) : !/^(\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(value)
  )
    return undefined
  const mask = BigInt(value)
  return mask >= 0n && mask <= MASK_MAX ? String(mask) : undefined
}

/** Throws 10004 for what is no mask. */
export function requireMask(field: string, value: number | string): string {
  const mask = maskText(value)
  if (mask === undefined) throw badField(field, 'is no mask of 64 bits; beyond 2^53 send it as text')
  return mask
}

/** A number while it is exact, else its text. */
export function shownMask(mask: string): number | string {
  return BigInt(mask) <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(mask) : mask
}

export function hasBit(mask: bigint, bit: number): boolean {
  return ((mask >> BigInt(bit)) & 1n) === 1n
}
