import { Checkbox, Group, Select, TextInput } from '@mantine/core'
import {
  FIELD_LEVELS,
  FIELD_SUBJECTS,
  type FieldLevel,
  type FieldSubject,
} from '@rookery/protocol/group-field'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'
import type { FieldLine } from './declared-fields.tsx'
import { GROUP_TYPES } from './group-answers.ts'

/** Declares a key, or changes who reads and writes the one of a line. */
export function DeclareField(props: {
  readonly appId: number
  readonly line?: FieldLine
  readonly onClose: () => void
}) {
  const t = useT()
  const queries = useQueryClient()
  const { appId, line, onClose } = props
  const [key, setKey] = useState(line?.key ?? '')
  const [subject, setSubject] = useState<FieldSubject>(line?.subject ?? 'group')
  const [types, setTypes] = useState<readonly string[]>(line?.types ?? GROUP_TYPES)
  const [read, setRead] = useState<FieldLevel>(line?.read ?? 'member')
  const [write, setWrite] = useState<FieldLevel>(line?.write ?? 'admin')
  // Live rooms store no members, and a group has no self.
  const possible = GROUP_TYPES.filter(type => subject === 'group' || type !== 'AVChatRoom')
  const chosen = possible.filter(type => types.includes(type))
  const levels = FIELD_LEVELS.filter(level => subject === 'member' || level !== 'self').map(value => ({
    value,
    label: t(`field-level.${value}`),
  }))

  function choose(next: FieldSubject) {
    setSubject(next)
    if (next === 'member') return
    if (read === 'self') setRead('member')
    if (write === 'self') setWrite('admin')
  }

  return (
    <ActionDialog
      title={t(line ? 'fields.change' : 'fields.declare')}
      confirm={t(line ? 'save' : 'fields.declare')}
      onClose={onClose}
      disabled={key.trim() === '' || chosen.length === 0}
      run={() =>
        runCommand('group declare-field', { appId, key: key.trim(), of: subject, types: chosen, read, write })
      }
      onDone={() => {
        tell(t(line ? 'fields.changed' : 'fields.declared', { key: key.trim() }))
        void queries.invalidateQueries({ queryKey: ['app', appId, 'groups', 'fields'] })
      }}
    >
      <TextInput
        label={t('fields.key')}
        description={
          line ? t('fields.declare-about') : `${t('fields.key-about')}. ${t('fields.declare-about')}`
        }
        value={key}
        onChange={event => setKey(event.currentTarget.value)}
        disabled={line !== undefined}
        maxLength={16}
        autoComplete="off"
        {...(!line && { 'data-autofocus': true })}
      />
      <Select
        label={t('fields.of')}
        value={subject}
        onChange={next => next !== null && choose(next)}
        data={FIELD_SUBJECTS.map(value => ({ value, label: t(`field-subject.${value}`) }))}
        disabled={line !== undefined}
        allowDeselect={false}
      />
      <Checkbox.Group label={t('fields.types')} value={chosen} onChange={setTypes}>
        <Group gap="sm" mt={4}>
          {possible.map(type => (
            <Checkbox key={type} value={type} label={t(`group-type.${type}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Select
        label={t('fields.read')}
        value={read}
        onChange={next => next !== null && setRead(next)}
        data={levels}
        allowDeselect={false}
      />
      <Select
        label={t('fields.write')}
        value={write}
        onChange={next => next !== null && setWrite(next)}
        data={levels}
        allowDeselect={false}
      />
    </ActionDialog>
  )
}
