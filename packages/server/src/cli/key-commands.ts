import Type from 'typebox'
import { type AddedKey, addKey, revokeKey, rotateKey, setKeyMayMintAdmin } from '../apps/change-keys.ts'
import type { NewKeyMaterial } from '../apps/key-material.ts'
import { listKeys } from '../apps/list-keys.ts'
import { refuse } from '../apps/refuse.ts'
import { appId, knownApp } from './argument-fields.ts'
import { durationSeconds } from './duration.ts'
import { defineOperatorCommand } from './operator-command.ts'
import { moment, textTable } from './text-table.ts'

const keyId = Type.String({ position: 2, word: 'KEYID', description: 'As "rookery key list" shows it.' })

const materialFields = {
  secret: Type.Optional(
    Type.String({
      fromFile: true,
      description: 'Import this secret (32 bytes or more) instead of making one.',
    }),
  ),
  publicKey: Type.Optional(
    Type.String({ fromFile: true, description: 'Register this PEM public key, for v1 tickets.' }),
  ),
  noAdmin: Type.Optional(Type.Boolean({ description: 'The key may not sign for app admins.' })),
}

function material({
  secret,
  publicKey,
}: {
  secret?: string
  publicKey?: string
}): NewKeyMaterial | undefined {
  if (secret !== undefined && publicKey !== undefined)
    throw refuse('key', 'Give either --secret-file or --public-key-file.')
  if (secret !== undefined) return { kind: 'hmac', secret: secret.replace(/\r?\n$/, '') }
  return publicKey === undefined ? undefined : { kind: 'ecdsa', publicKeyPem: publicKey }
}

function keyArguments(args: { appId: number; secret?: string; publicKey?: string; noAdmin?: boolean }) {
  const given = material(args)
  return { app: args.appId, ...(given && { material: given }), mayMintAdmin: args.noAdmin !== true }
}

function shownSecret({ keyId, secret }: AddedKey): string {
  return secret === undefined
    ? `Key id: ${keyId}`
    : `Key id: ${keyId}\nKey:    ${secret}\n\nIt is not shown again.`
}

const listCommand = defineOperatorCommand({
  name: 'key list',
  summary: 'Lists the keys of an app, without secrets, with their last use and live sessions.',
  args: Type.Object({ appId }),
  async run(context, { appId }) {
    await knownApp(context, appId)
    return listKeys(context.store, appId)
  },
  show: keys =>
    textTable(
      ['KEYID', 'KIND', 'STATE', 'ADMINS', 'CREATED', 'ACCEPTED UNTIL', 'LAST USED', 'SESSIONS', 'CONNECTED'],
      keys.map(key => [
        key.keyId,
        key.kind,
        key.state,
        key.mayMintAdmin ? 'yes' : 'no',
        moment(key.created),
        key.state === 'revoked' ? '-' : key.acceptUntil === null ? 'no end' : moment(key.acceptUntil),
        moment(key.lastUsed),
        String(key.sessions),
        String(key.connected),
      ]),
    ),
})

const addCommand = defineOperatorCommand({
  name: 'key add',
  summary: 'Adds a key that verifies beside the current one; it is current where there is none of its kind.',
  args: Type.Object({ appId, ...materialFields }),
  run: ({ store, box, actor }, args) => addKey(store, box, { ...keyArguments(args), actor }),
  show: added =>
    `${shownSecret(added)}\n${added.state === 'current' ? 'It is the current key.' : 'It is accepted beside the current key.'}`,
})

const rotateCommand = defineOperatorCommand({
  name: 'key rotate',
  summary: 'Makes a new current key; the old one is accepted until its last known ticket ends.',
  args: Type.Object({
    appId,
    ...materialFields,
    acceptFor: Type.Optional(
      Type.String({ word: 'TIME', description: 'Accept the old key for this long, as 12h or 7d.' }),
    ),
  }),
  run: ({ store, box, actor }, args) =>
    rotateKey(store, box, {
      ...keyArguments(args),
      actor,
      ...(args.acceptFor !== undefined && {
        acceptUntil: Math.floor(Date.now() / 1000) + durationSeconds(args.acceptFor, 'accept-for'),
      }),
    }),
  show: rotated =>
    `${shownSecret(rotated)}\n${
      rotated.old
        ? `Sign with it from now on: tickets that the old key ${rotated.old.keyId} signs later than 5 minutes from now are refused,\nits earlier ones work until ${moment(rotated.old.acceptUntil)}.`
        : 'There was no current key of this kind before.'
    }`,
})

const revokeCommand = defineOperatorCommand({
  name: 'key revoke',
  summary: 'Ends a key at once, with every session that was opened under it.',
  confirm: 'Every ticket that the key signed stops working and its sessions end. This cannot be undone.',
  args: Type.Object({ appId, keyId }),
  run: ({ store, actor }, { appId, keyId }) => store.mutate(revokeKey, { app: appId, keyId, actor }),
  show: ({ endedSessions, currentLeft }) =>
    `Revoked; ${endedSessions} sessions ended.${currentLeft ? '' : '\nThe app has no current key of this kind now. Make one: rookery key rotate'}`,
})

const setCommand = defineOperatorCommand({
  name: 'key set',
  summary: 'Says whether a key may sign UserSigs of app admins.',
  args: Type.Object({
    appId,
    keyId,
    admin: Type.Enum(['on', 'off'], { word: 'on|off', description: 'Whether it may sign for app admins.' }),
  }),
  run: ({ store, actor }, { appId, keyId, admin }) =>
    store.mutate(setKeyMayMintAdmin, { app: appId, keyId, allowed: admin === 'on', actor }),
  show: () => 'Changed.',
})

export const keyCommands = [listCommand, addCommand, rotateCommand, revokeCommand, setCommand]
