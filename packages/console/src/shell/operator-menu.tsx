import { ActionIcon, Menu, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Session } from '../api/answers.ts'
import { consoleCall } from '../api/console-call.ts'
import { useOperator } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { roleText } from '../operators/role-text.ts'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { tell } from '../parts/tell.ts'

export function OperatorMenu() {
  const t = useT()
  const operator = useOperator()
  const queries = useQueryClient()
  const [isChanging, setChanging] = useState(false)

  async function signOut() {
    await consoleCall('logout')
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    queries.setQueryData<Session>(['session'], { operator: null, needsSetup: false })
  }

  return (
    <>
      <Menu position="bottom-end" withinPortal width={220}>
        <Menu.Target>
          <ActionIcon
            variant="light"
            size="lg"
            radius="xl"
            aria-label={t('me.menu', { name: operator.name })}
          >
            <Text span fw={650} size="sm">
              {[...operator.name][0]?.toUpperCase()}
            </Text>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {operator.name} · {roleText(t, operator.role)}
          </Menu.Label>
          <Menu.Item onClick={() => setChanging(true)} leftSection={<Icon name="key" size={16} />}>
            {t('me.password')}
          </Menu.Item>
          <Menu.Item onClick={() => void signOut()} leftSection={<Icon name="back" size={16} />}>
            {t('me.sign-out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <ChangePassword onClose={() => setChanging(false)} />}
    </>
  )
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const t = useT()
  const [next, setNext] = useState('')
  return (
    <ActionDialog
      title={t('me.password')}
      confirm={t('save')}
      onClose={onClose}
      password
      disabled={next === ''}
      run={password => consoleCall('password', { password, next })}
      onDone={() => tell(t('me.password-changed'))}
    >
      <Text size="sm">{t('me.password-about')}</Text>
      <PasswordField
        label={t('me.password-new')}
        description={t('link.password-rule')}
        value={next}
        onChange={event => setNext(event.currentTarget.value)}
        autoComplete="new-password"
        data-autofocus
      />
    </ActionDialog>
  )
}
