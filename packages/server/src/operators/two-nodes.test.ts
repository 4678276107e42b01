import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { verifyAudit } from '../audit/audit-log.ts'
import { findPostgres, NO_POSTGRES } from '../testing/postgres-server.ts'
import { openTwoNodes, ROUNDS, race, succeeded, type TwoNodes } from '../testing/two-nodes.ts'
import { removeOperator, setOperatorRole } from './change-operators.ts'
import { tokenHash } from './secret-token.ts'
import { createLink, SERVER_CHAIN } from './setup-token.ts'
import { consumeLink } from './use-link.ts'

let nodes: TwoNodes

describe.skipIf(!findPostgres())(`operators on two nodes${findPostgres() ? '' : `: ${NO_POSTGRES}`}`, () => {
  beforeAll(async () => {
    nodes = await openTwoNodes()
  })
  afterAll(() => nodes.close())

  async function link(name: string): Promise<string> {
    const path = await createLink(nodes.a, { name, role: 'owner', actor: 'cli:test' })
    return tokenHash(path.split('=')[1] ?? '')
  }

  const owners = () => nodes.rows<{ name: string }>(`select name from operator where role = 'owner'`)

  test('a link that is used at both at once makes one operator', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const hash = await link('')
      const use = (name: string) => ({ hash, name, passwordHash: 'x' })
      const outcomes = await race(
        () => nodes.a.mutate(consumeLink, use(`a${round}`)),
        () => nodes.b.mutate(consumeLink, use(`b${round}`)),
      )
      expect(succeeded(outcomes)).toHaveLength(1)
    }
    expect(await owners()).toHaveLength(ROUNDS)
  })

  test('owners who remove each other at the same moment leave one', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await nodes.edit(run => run('delete from operator'))
      for (const name of ['ann', 'ben'])
        await nodes.a.mutate(consumeLink, { hash: await link(name), name, passwordHash: 'x' })
      const [first, second] = round % 2 ? ['ann', 'ben'] : ['ben', 'ann']
      const outcomes = await race(
        () => nodes.a.mutate(removeOperator, { name: first ?? '', actor: `console:${second}` }),
        () =>
          nodes.b.mutate(setOperatorRole, {
            name: second ?? '',
            actor: `console:${first}`,
            role: 'viewer',
          }),
      )
      expect(succeeded(outcomes)).toHaveLength(1)
      expect(await owners()).toHaveLength(1)
    }
    expect((await verifyAudit(nodes.b.read, SERVER_CHAIN)).broken).toBeUndefined()
  })
})
