import { BlockList, isIP } from 'node:net'

/** Ranges of addresses as a configuration writes them. */
export class AddressRanges {
  readonly #list = new BlockList()
  readonly #empty: boolean

  /** @param ranges addresses or CIDR ranges, IPv4 and IPv6; throws on another text. */
  constructor(ranges: readonly string[]) {
    this.#empty = ranges.length === 0
    for (const range of ranges) {
      const [address = '', prefix] = range.split('/')
      const family = isIP(address)
      if (family === 0) throw new Error(`${range} is not an address or a CIDR range.`)
      const type = family === 4 ? 'ipv4' : 'ipv6'
      if (prefix === undefined) this.#list.addAddress(address, type)
      else this.#list.addSubnet(address, Number(prefix), type)
    }
  }

  get isEmpty(): boolean {
    return this.#empty
  }

  has(address: string): boolean {
    const plain = plainAddress(address)
    const family = isIP(plain)
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * The address of the client behind trusted proxies: the forwarded list is read from the right, and only as far as every hop is
 * trusted, so that nobody can write an address for themselves (DESIGN-SECURITY 7).
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: AddressRanges): string {
  let address = plainAddress(peer)
  if (!forwardedFor || trusted.isEmpty) return address
  const hops = forwardedFor.split(',').map(hop => plainAddress(hop.trim()))
  while (trusted.has(address)) {
    const next = hops.pop()
    if (next === undefined || isIP(next) === 0) break
    address = next
  }
  return address
}

/** `::ffff:192.0.2.1` is 192.0.2.1; brackets and a port of a forwarded hop are dropped. */
function plainAddress(address: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(address)
  const bare =
    bracketed?.[1] ?? (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address) ? (address.split(':')[0] ?? '') : address)
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare
}

/** What a budget is kept for: an IPv4 address, or the /64 that one IPv6 customer has (RFC 6177) and can draw addresses from. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after]
  return `${groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}
