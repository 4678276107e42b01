import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'

export function CreateAccount(props: {
  readonly appId: number
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const t = useT()
  const [userId, setUserId] = useState('')
  const [nick, setNick] = useState('')
  const [faceUrl, setFaceUrl] = useState('')
  return (
    <ActionDialog
      title={t('accounts.create')}
      confirm={t('accounts.create')}
      onClose={props.onClose}
      disabled={userId.trim() === ''}
      run={() =>
        runCommand<{ created: boolean }>('user import', {
          appId: props.appId,
          userId: userId.trim(),
          ...(nick && { nick }),
          ...(faceUrl && { faceUrl }),
        })
      }
      onDone={({ created }) => {
        tell(created ? t('accounts.created') : t('accounts.existed'))
        props.onDone()
      }}
    >
      <TextInput
        label="UserID"
        description={t('accounts.user-rule')}
        value={userId}
        onChange={event => setUserId(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label={t('accounts.nick')}
        value={nick}
        onChange={event => setNick(event.currentTarget.value)}
        autoComplete="off"
      />
      <TextInput
        label={t('accounts.face')}
        value={faceUrl}
        onChange={event => setFaceUrl(event.currentTarget.value)}
        autoComplete="off"
        inputMode="url"
      />
    </ActionDialog>
  )
}
