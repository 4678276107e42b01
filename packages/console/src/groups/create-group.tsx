import { Select, Textarea, TextInput } from '@mantine/core'
import type { GroupType } from '@rookery/protocol/wire-group'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'
import { groupAddress } from './group-address.ts'
import { GROUP_TYPES } from './group-answers.ts'

/** Makes a group and goes to it. */
export function CreateGroup({ appId, onClose }: { readonly appId: number; readonly onClose: () => void }) {
  const t = useT()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [name, setName] = useState('')
  const [type, setType] = useState<GroupType>('Public')
  const [owner, setOwner] = useState('')
  const [id, setId] = useState('')
  const [introduction, setIntroduction] = useState('')
  return (
    <ActionDialog
      title={t('groups.create')}
      confirm={t('groups.create')}
      onClose={onClose}
      disabled={name.trim() === ''}
      run={() =>
        runCommand<{ groupId: string }>('group create', {
          appId,
          name: name.trim(),
          type,
          ...(owner.trim() && { owner: owner.trim() }),
          ...(id.trim() && { id: id.trim() }),
          ...(introduction && { introduction }),
        })
      }
      onDone={({ groupId }) => {
        tell(t('groups.created'))
        void queries.invalidateQueries({ queryKey: ['app', appId, 'groups', 'list'] })
        go(groupAddress(appId, groupId))
      }}
    >
      <TextInput
        label={t('groups.name')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <Select
        label={t('groups.type')}
        value={type}
        onChange={next => next !== null && setType(next)}
        data={GROUP_TYPES.map(value => ({ value, label: t(`group-type.${value}`) }))}
        allowDeselect={false}
      />
      <TextInput
        label={t('groups.owner')}
        description={t('groups.owner-about')}
        value={owner}
        onChange={event => setOwner(event.currentTarget.value)}
        autoComplete="off"
      />
      <TextInput
        label={t('groups.id')}
        description={type === 'Community' ? t('groups.id-community') : t('groups.id-about')}
        value={id}
        onChange={event => setId(event.currentTarget.value)}
        autoComplete="off"
      />
      <Textarea
        label={t('groups.introduction')}
        value={introduction}
        onChange={event => setIntroduction(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={6}
      />
    </ActionDialog>
  )
}
