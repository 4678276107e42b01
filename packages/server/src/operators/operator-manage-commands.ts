import Type from 'typebox'
import { refuse } from '../apps/refuse.ts'
import { auditPage, auditPageArguments, auditPageText } from '../cli/audit-page.ts'
import { defineOperatorCommand } from '../cli/operator-command.ts'
import { moment, textTable } from '../cli/text-table.ts'
import { listOperators, removeOperator, setOperatorRole } from './change-operators.ts'
import { canonicalName } from './operator-rules.ts'
import { ROLES } from './role.ts'
import { createLink, SERVER_CHAIN } from './setup-token.ts'

const operatorName = Type.String({
  minLength: 1,
  maxLength: 256,
  position: 1,
  word: 'NAME',
  description: 'Name of the operator.',
})

const createLinkCommand = defineOperatorCommand({
  name: 'operator create-link',
  summary: 'Makes a one-time link into the console: for a new operator, or to reset the password of one.',
  args: Type.Object({
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        word: 'NAME',
        description:
          'Who it is for; an operator of that name gets a new password. Left out: a new operator chooses.',
      }),
    ),
    role: Type.Optional(
      Type.Enum([...ROLES], {
        word: ROLES.join('|'),
        description: 'Role of a new operator: owner unless given.',
      }),
    ),
  }),
  async run({ store, actor }, { name, role = 'owner' }) {
    const canonical = name === undefined ? '' : canonicalName(name)
    const known = (await listOperators(store)).some(operator => operator.name === canonical)
    const path = await createLink(store, { name: canonical, role, actor })
    return { path, name: canonical, role, reset: known }
  },
  show: ({ path, name, role, reset }) =>
    `${reset ? `A new password for ${name}` : `A new operator (${role})`}: open this on the server's address, within 30 minutes, once:\n\n  ${path}\n\nAs http://127.0.0.1:8080${path}`,
})

const listCommand = defineOperatorCommand({
  name: 'operator list',
  summary: 'Lists who may use the console.',
  args: Type.Object({}),
  run: ({ store }) => listOperators(store),
  show: operators =>
    operators.length === 0
      ? 'There is no operator yet. Make a link for the first one: rookery operator create-link'
      : textTable(
          ['NAME', 'ROLE', 'IN APPS', 'CREATED', 'BY', 'LAST LOGIN'],
          operators.map(operator => [
            operator.name,
            operator.role || '-',
            operator.apps.map(({ appId, role }) => `${appId}:${role}`).join(' ') || '-',
            moment(operator.created),
            operator.createdBy,
            moment(operator.lastLogin),
          ]),
        ),
})

const setCommand = defineOperatorCommand({
  name: 'operator set',
  summary: 'Gives an operator another role, everywhere or in one app.',
  args: Type.Object({
    name: operatorName,
    role: Type.Enum([...ROLES, 'none'], {
      position: 2,
      word: [...ROLES, 'none'].join('|'),
      description: 'What the operator may do.',
    }),
    app: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4_294_967_295,
        word: 'SDKAPPID',
        description: 'In this app only.',
      }),
    ),
  }),
  run: ({ store, actor }, { name, role, app }) =>
    store.mutate(setOperatorRole, {
      name: canonicalName(name),
      role,
      actor,
      ...(app !== undefined && { app }),
    }),
  show: () => 'Changed.',
})

const removeCommand = defineOperatorCommand({
  name: 'operator remove',
  summary: 'Removes an operator and ends their console logins at once.',
  args: Type.Object({ name: operatorName }),
  async run({ store, actor }, { name }) {
    const canonical = canonicalName(name)
    if (actor === `console:${canonical}`)
      throw refuse('self', "You can't remove yourself; another owner or the command line can.")
    return store.mutate(removeOperator, { name: canonical, actor })
  },
  show: () => 'Removed.',
})

const logCommand = defineOperatorCommand({
  name: 'operator log',
  summary: 'Lists what happened to operators and their logins, newest first.',
  args: Type.Object(auditPageArguments),
  run: ({ store }, page) => auditPage(store, SERVER_CHAIN, page),
  show: auditPageText,
})

export const operatorManageCommands = [createLinkCommand, listCommand, setCommand, removeCommand, logCommand]
