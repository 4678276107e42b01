import { MultiSelect, Select, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Admin, ServerInfo } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { durationText } from '../parts/moment.tsx'

const LIFETIMES = ['0', '600', '3600', '86400', '604800', '15552000']

/** Appoints an app admin, or changes what one may do. */
export function AdminForm(props: {
  readonly appId: number
  readonly admin?: Admin
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { appId, admin, onClose, onDone } = props
  const t = useT()
  const [userId, setUserId] = useState(admin?.userId ?? '')
  const [isOn, setOn] = useState(admin ? !admin.disabled : true)
  const [scopes, setScopes] = useState<string[]>([...(admin?.scopes ?? [])])
  const [addresses, setAddresses] = useState<string[]>([...(admin?.addresses ?? [])])
  const [lifetime, setLifetime] = useState(String(admin?.maxTicketLifetime ?? 0))
  const server = useQuery({
    queryKey: ['server'],
    queryFn: () => runCommand<ServerInfo>('server info', {}),
  })
  const lifetimes = LIFETIMES.includes(lifetime) ? LIFETIMES : [...LIFETIMES, lifetime]
  const grant = { scopes, addresses, maxTicketLifetime: lifetime }
  return (
    <ActionDialog
      title={admin ? t('admins.change', { name: admin.userId }) : t('admins.appoint')}
      confirm={admin ? t('save') : t('admins.appoint')}
      password
      onClose={onClose}
      disabled={userId.trim() === ''}
      run={password =>
        admin
          ? runCommand('admin set', { appId, userId, state: isOn ? 'on' : 'off', ...grant }, password)
          : runCommand('admin appoint', { appId, userId: userId.trim(), ...grant }, password)
      }
      onDone={onDone}
    >
      {admin ? (
        <Switch
          label={t('admins.is-on')}
          description={t('admins.is-on-about')}
          checked={isOn}
          onChange={event => setOn(event.currentTarget.checked)}
        />
      ) : (
        <>
          <Text size="sm">{t('admins.appoint-about')}</Text>
          <TextInput
            label="UserID"
            description={t('admins.user-about')}
            value={userId}
            onChange={event => setUserId(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        </>
      )}
      <MultiSelect
        label={t('admins.scopes')}
        description={t('admins.scopes-about')}
        placeholder={scopes.length === 0 ? t('all') : ''}
        data={[...(server.data?.families ?? [])]}
        value={scopes}
        onChange={setScopes}
        searchable
        clearable
      />
      <TagsInput
        label={t('admins.addresses')}
        description={t('admins.addresses-about')}
        placeholder={addresses.length === 0 ? t('any') : ''}
        value={addresses}
        onChange={setAddresses}
        acceptValueOnBlur
        clearable
      />
      <Select
        label={t('admins.lifetime')}
        description={t('admins.lifetime-about')}
        value={lifetime}
        onChange={value => setLifetime(value ?? '0')}
        allowDeselect={false}
        data={lifetimes.map(value => ({
          value,
          label: value === '0' ? t('any') : durationText(t, Number(value)),
        }))}
      />
    </ActionDialog>
  )
}
