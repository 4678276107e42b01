import { FIELD_LEVELS, FIELD_SUBJECTS } from '@rookery/protocol/group-field'
import Type from 'typebox'
import { typeOf } from '../groups/commands/group-caller.ts'
import { declareField, listDeclaredFields } from '../groups/custom-fields/declare-field.ts'
import { GROUP_TYPES, TYPE_RULES } from '../groups/rules/group-types.ts'
import { appId, knownApp } from './argument-fields.ts'
import { defineOperatorCommand, type OperatorCommand } from './operator-command.ts'
import { textTable } from './text-table.ts'

const level = (description: string) => Type.Enum([...FIELD_LEVELS], { word: 'LEVEL', description })
const LEVELS = 'anybody, member, self, admin, owner or app'

const listCommand = defineOperatorCommand({
  name: 'group fields',
  summary:
    'Lists the declared custom fields of groups and members: who reads and writes them in which types.',
  args: Type.Object({ appId }),
  async run(context, { appId }) {
    const app = await knownApp(context, appId)
    return {
      fields: await listDeclaredFields(context.store.read, app.id),
      /** What is not declared may be written all the same. */
      acceptsUndeclared: app.setting('group.undeclaredFields'),
      most: { group: app.setting('group.customFieldsMax'), member: app.setting('group.memberFieldsMax') },
    }
  },
  show: ({ fields, acceptsUndeclared }) =>
    [
      fields.length === 0
        ? 'No field is declared. Declare one with: rookery group declare-field SDKAPPID KEY'
        : textTable(
            ['KEY', 'OF', 'TYPE', 'READ BY', 'WRITTEN BY'],
            fields.flatMap(({ key, subject, levels }) =>
              levels.map(({ type, read, write }) => [
                key,
                subject,
                TYPE_RULES[type].productName,
                read,
                write,
              ]),
            ),
          ),
      acceptsUndeclared
        ? 'Other keys are accepted too: everybody reads them (group.undeclaredFields).'
        : 'Other keys are refused (group.undeclaredFields).',
    ].join('\n'),
})

const declareCommand = defineOperatorCommand({
  name: 'group declare-field',
  summary:
    'Declares a custom field of groups or members, for good, or changes who reads and writes it; it holds at once.',
  args: Type.Object({
    appId,
    key: Type.String({ position: 2, word: 'KEY', description: '1 to 16 of A-Z, a-z, 0-9, _.' }),
    of: Type.Optional(
      Type.Enum([...FIELD_SUBJECTS], { word: 'WHAT', description: 'group (when absent) or member.' }),
    ),
    read: level(`Least who reads it: ${LEVELS}.`),
    write: level('Least who writes it.'),
    types: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        word: 'TYPE,…',
        description: 'Work, Public, Meeting, AVChatRoom, Community; absent: those that have it, or all.',
      }),
    ),
  }),
  async run(context, { appId, key, of: subject = 'group', read, write, types }) {
    const app = await knownApp(context, appId)
    const known = await listDeclaredFields(context.store.read, app.id)
    const present = known.find(field => field.key === key)?.levels.map(({ type }) => type)
    const possible = GROUP_TYPES.filter(type => subject === 'group' || TYPE_RULES[type].storesMembers)
    return context.store.mutate(declareField, {
      app: app.id,
      actor: context.actor,
      subject,
      key,
      types: types ? [...new Set(types.map(type => typeOf(type, 'types')))] : (present ?? possible),
      read,
      write,
      max: app.setting(subject === 'group' ? 'group.customFieldsMax' : 'group.memberFieldsMax'),
    })
  },
  show: ({ isNew }) => (isNew ? 'Declared.' : 'Changed.'),
})

export const groupFieldCommands: readonly OperatorCommand[] = [listCommand, declareCommand]
