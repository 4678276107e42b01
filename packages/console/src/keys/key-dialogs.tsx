import { Alert, Checkbox, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { AddedKey, Key } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'

interface DialogProps<R> {
  readonly appId: number
  readonly onClose: () => void
  readonly onDone: (result: R) => void
}

type Source = 'made' | 'secret' | 'public'

export function AddKey({ appId, onClose, onDone }: DialogProps<AddedKey>) {
  const t = useT()
  const [source, setSource] = useState<Source>('made')
  const [text, setText] = useState('')
  const [mayAdmin, setMayAdmin] = useState(true)
  const material = source === 'secret' ? { secret: text.trim() } : { publicKey: text }
  return (
    <ActionDialog
      title={t('keys.add')}
      confirm={t('keys.add')}
      password
      onClose={onClose}
      disabled={source !== 'made' && text.trim() === ''}
      run={password =>
        runCommand<AddedKey>(
          'key add',
          { appId, ...(source !== 'made' && material), ...(!mayAdmin && { noAdmin: true }) },
          password,
        )
      }
      onDone={onDone}
    >
      <Text size="sm">{t('keys.add-about')}</Text>
      <SegmentedControl
        aria-label={t('keys.source')}
        value={source}
        onChange={value => setSource(value as Source)}
        fullWidth
        data={[
          { value: 'made', label: t('keys.source-made') },
          { value: 'secret', label: t('keys.source-secret') },
          { value: 'public', label: t('keys.source-public') },
        ]}
      />
      {source !== 'made' && (
        <Textarea
          label={source === 'secret' ? t('keys.secret') : t('keys.public')}
          description={source === 'secret' ? t('keys.secret-rule') : t('keys.public-rule')}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          minRows={source === 'secret' ? 2 : 5}
          autosize
          spellCheck={false}
          autoComplete="off"
        />
      )}
      <Checkbox
        label={t('keys.may-admin-long')}
        checked={mayAdmin}
        onChange={event => setMayAdmin(event.currentTarget.checked)}
      />
    </ActionDialog>
  )
}

export function RotateKey(props: DialogProps<AddedKey> & { readonly current: Key | undefined }) {
  const { appId, current, onClose, onDone } = props
  const t = useT()
  const [acceptFor, setAcceptFor] = useState('')
  return (
    <ActionDialog
      title={t('keys.rotate')}
      confirm={t('keys.rotate')}
      password
      onClose={onClose}
      run={password =>
        runCommand<AddedKey>('key rotate', { appId, ...(acceptFor && { acceptFor }) }, password)
      }
      onDone={onDone}
    >
      <Stack gap="sm">
        <Text size="sm">{t('keys.rotate-about')}</Text>
        {current && (
          <Alert variant="light" color="blue">
            {t('keys.live', { id: current.keyId, sessions: current.sessions, connected: current.connected })}
          </Alert>
        )}
        <Select
          label={t('keys.accept-for')}
          description={t('keys.accept-for-about')}
          value={acceptFor}
          onChange={value => setAcceptFor(value ?? '')}
          allowDeselect={false}
          data={[
            { value: '', label: t('keys.accept-tickets') },
            { value: '1h', label: t('hours', { n: 1 }) },
            { value: '1d', label: t('days', { n: 1 }) },
            { value: '7d', label: t('days', { n: 7 }) },
            { value: '30d', label: t('days', { n: 30 }) },
            { value: '180d', label: t('days', { n: 180 }) },
          ]}
        />
      </Stack>
    </ActionDialog>
  )
}

export function RetireKey({
  appId,
  retired,
  onClose,
  onDone,
}: DialogProps<unknown> & { readonly retired: Key }) {
  const t = useT()
  const { keyId, sessions, connected, state } = retired
  return (
    <ActionDialog
      title={t('keys.retire')}
      confirm={t('keys.retire')}
      danger
      password
      typed={keyId}
      onClose={onClose}
      run={password => runCommand('key revoke', { appId, keyId }, password)}
      onDone={onDone}
    >
      <Text size="sm">{t('keys.retire-about')}</Text>
      <Alert variant="light" color={sessions > 0 ? 'red' : 'gray'}>
        {t('keys.live', { id: keyId, sessions, connected })}
        {state === 'current' && ` ${t('keys.retire-current')}`}
      </Alert>
    </ActionDialog>
  )
}

export function SetKeyAdmins(props: DialogProps<unknown> & { readonly changed: Key }) {
  const { appId, changed, onClose, onDone } = props
  const t = useT()
  const { keyId, mayMintAdmin } = changed
  const title = mayMintAdmin ? t('keys.forbid-admin') : t('keys.allow-admin')
  return (
    <ActionDialog
      title={title}
      confirm={title}
      danger={mayMintAdmin}
      password
      onClose={onClose}
      run={password => runCommand('key set', { appId, keyId, admin: mayMintAdmin ? 'off' : 'on' }, password)}
      onDone={onDone}
    >
      <Text size="sm">{mayMintAdmin ? t('keys.forbid-admin-about') : t('keys.allow-admin-about')}</Text>
    </ActionDialog>
  )
}
