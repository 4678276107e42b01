import { Reader } from '../clients/reader.ts'
import type { ClusterNode } from '../cluster/cluster.ts'
import type { World } from '../world.ts'
import type { Action } from './action.ts'

/** Within it every node must refuse what was revoked (delivery contract, clause 8). */
export const REVOKED_WITHIN_MS = 1_000

/** Revokes a user's logins over REST, then tries an old and a new UserSig on every node. */
export const kick: Action = {
  name: 'kick',
  weight: 0.6,
  by: 'any',
  async run({ world, device }) {
    const { user } = device
    const old = { sig: world.userSig(user), issued: world.recorder.place }
    const done = await world.recorder.call({ op: 'kick', user }, () =>
      world.ok('im_open_login_svc/kick', { UserID: user }),
    )
    if (!done) return
    await Bun.sleep(REVOKED_WITHIN_MS)
    await Promise.all(world.upNodes().map(node => tryLogin(world, user, node, old)))
    const fresh = { sig: world.userSig(user), issued: world.recorder.place }
    await Promise.all(world.upNodes().map(node => tryLogin(world, user, node, fresh)))
  },
}

async function tryLogin(
  world: World,
  user: string,
  node: ClusterNode,
  { sig, issued }: { readonly sig: string; readonly issued: number },
): Promise<void> {
  const { url, name } = node
  if (url === undefined) return
  const reader = await world.recorder.call(
    { op: 'login', user, device: 'checker', session: 0, issued, node: name },
    () => Reader.open(url, world.cluster.app.id, user, sig),
  )
  await reader?.close()
}
