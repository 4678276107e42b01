import { Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { AppDetail } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'

export type AppAction = 'rename' | 'disable' | 'enable' | 'invalidate' | 'delete'

/** What can be done to a whole app; what takes something away is confirmed by typing the app's name. */
export function AppActionDialog(props: { action: AppAction; app: AppDetail; onClose: () => void }) {
  const { action, app, onClose } = props
  const t = useT()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [name, setName] = useState(app.name)
  const { appId } = app
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ['apps'] })
    await queries.invalidateQueries({ queryKey: ['app', appId] })
  }
  const done = (text: string) => () => {
    tell(text)
    void refresh()
  }
  switch (action) {
    case 'rename':
      return (
        <ActionDialog
          title={t('overview.rename')}
          confirm={t('save')}
          onClose={onClose}
          disabled={name.trim() === ''}
          run={() => runCommand('app rename', { appId, name: name.trim() })}
          onDone={done(t('saved'))}
        >
          <TextInput
            label={t('app.name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            data-autofocus
          />
        </ActionDialog>
      )
    case 'enable':
      return (
        <ActionDialog
          title={t('overview.enable')}
          confirm={t('overview.enable')}
          onClose={onClose}
          run={() => runCommand('app enable', { appId })}
          onDone={done(t('overview.enabled-done'))}
        >
          <Text size="sm">{t('overview.enable-about')}</Text>
        </ActionDialog>
      )
    case 'disable':
      return (
        <ActionDialog
          title={t('overview.disable')}
          confirm={t('overview.disable')}
          danger
          typed={app.name}
          onClose={onClose}
          run={() => runCommand('app disable', { appId })}
          onDone={done(t('overview.disabled-done'))}
        >
          <Text size="sm">{t('overview.disable-about')}</Text>
        </ActionDialog>
      )
    case 'invalidate':
      return (
        <ActionDialog
          title={t('overview.invalidate')}
          confirm={t('overview.invalidate')}
          danger
          typed={app.name}
          password
          onClose={onClose}
          run={password => runCommand('app invalidate-tickets', { appId }, password)}
          onDone={done(t('overview.invalidated'))}
        >
          <Text size="sm">{t('overview.invalidate-about')}</Text>
        </ActionDialog>
      )
    case 'delete':
      return (
        <ActionDialog
          title={t('overview.delete')}
          confirm={t('overview.delete')}
          danger
          typed={app.name}
          password
          onClose={onClose}
          run={password => runCommand('app delete', { appId }, password)}
          onDone={() => {
            tell(t('overview.deleted'))
            go('/')
            queries.removeQueries({ queryKey: ['app', appId] })
            void queries.invalidateQueries({ queryKey: ['apps'] })
          }}
        >
          <Text size="sm">{t('overview.delete-about')}</Text>
        </ActionDialog>
      )
  }
}
