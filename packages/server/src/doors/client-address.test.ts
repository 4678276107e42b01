import { expect, test } from 'bun:test'
import { AddressRanges, clientAddress, isLoopback, networkOf } from './client-address.ts'

const PROXIES = new AddressRanges(['10.0.0.0/8', '192.0.2.9', 'fd00::/8'])

const FORWARDED: readonly (readonly [string, string, string | null, string])[] = [
  ['a client without a proxy', '198.51.100.1', null, '198.51.100.1'],
  ['a client that writes an address for itself', '198.51.100.1', '203.0.113.5', '198.51.100.1'],
  ['a client behind a trusted proxy', '10.1.2.3', '203.0.113.5', '203.0.113.5'],
  ['a client behind two trusted proxies', '10.1.2.3', '203.0.113.5, 192.0.2.9', '203.0.113.5'],
  ['a client that writes more hops in front', '10.1.2.3', '1.2.3.4, 203.0.113.5', '203.0.113.5'],
  ['a client that claims to be a trusted proxy', '10.1.2.3', '10.9.9.9, 203.0.113.5', '203.0.113.5'],
  ['rubbish in the header', '10.1.2.3', 'unknown', '10.1.2.3'],
  ['rubbish before a good hop', '10.1.2.3', 'rubbish, 203.0.113.5', '203.0.113.5'],
  ['only trusted hops', '10.1.2.3', '10.5.5.5', '10.5.5.5'],
  ['a hop with a port', '10.1.2.3', '203.0.113.5:4711', '203.0.113.5'],
  ['an IPv6 hop in brackets', '10.1.2.3', '[2001:db8::7]:443', '2001:db8::7'],
  ['an IPv4 peer of an IPv6 socket', '::ffff:10.1.2.3', '203.0.113.5', '203.0.113.5'],
  ['an IPv6 proxy', 'fd00::1', '203.0.113.5', '203.0.113.5'],
]

for (const [what, peer, header, address] of FORWARDED)
  test(`the address of ${what} is ${address}`, () => {
    expect(clientAddress(peer, header, PROXIES)).toBe(address)
  })

test('without trusted proxies the header counts for nothing', () => {
  expect(clientAddress('127.0.0.1', '203.0.113.5', new AddressRanges([]))).toBe('127.0.0.1')
})

test('a range that is no range is refused with its text', () => {
  expect(() => new AddressRanges(['10.0.0'])).toThrow('10.0.0 is not an address or a CIDR range.')
})

test('a budget is kept per IPv4 address and per IPv6 /64, however the address is written', () => {
  expect(networkOf('198.51.100.1')).toBe('198.51.100.1')
  const same = [
    '2001:db8::1',
    '2001:0db8:0:0:1::',
    '2001:DB8:0000::ffff:2',
    '2001:db8:0:0:ffff:ffff:ffff:ffff',
  ]
  expect(new Set(same.map(networkOf))).toEqual(new Set(['2001:db8:0:0::/64']))
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'))
  expect(networkOf('1::2:3:4:5:6:7')).toBe('1:0:2:3::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
})

test('loopback is known in both families', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true)
  expect(['128.0.0.1', '::2', '10.0.0.1', ''].some(isLoopback)).toBe(false)
})
