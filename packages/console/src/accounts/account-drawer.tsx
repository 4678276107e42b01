import { Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { AccountDetail } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { Moment } from '../parts/moment.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { type AccountAction, AccountActionDialog } from './account-actions.tsx'
import { SessionList } from './session-list.tsx'

/** One account: what it is, where it is online, and what may be done to it. */
export function AccountDrawer(props: {
  readonly appId: number
  readonly userId: string
  readonly onClose: () => void
}) {
  const { appId, userId, onClose } = props
  const t = useT()
  const queries = useQueryClient()
  const [action, setAction] = useState<AccountAction>()
  const account = useQuery({
    queryKey: ['app', appId, 'account', userId],
    queryFn: () => runCommand<AccountDetail>('user show', { appId, userId }),
  })
  return (
    <>
      <Drawer
        opened
        onClose={onClose}
        position="right"
        size="md"
        title={
          <Text fw={650} className="breakable" component="span">
            {userId}
          </Text>
        }
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <QueryView query={account}>
          {detail => <Details appId={appId} account={detail} onAction={setAction} />}
        </QueryView>
      </Drawer>
      {action && (
        <AccountActionDialog
          appId={appId}
          userId={userId}
          action={action}
          onClose={() => setAction(undefined)}
          onDone={() => {
            if (action === 'delete') onClose()
            void queries.invalidateQueries({ queryKey: ['app', appId] })
          }}
        />
      )}
    </>
  )
}

function Details(props: {
  readonly appId: number
  readonly account: AccountDetail
  readonly onAction: (action: AccountAction) => void
}) {
  const { appId, account, onAction } = props
  const t = useT()
  const mayAct = useMay('operator', appId)
  const mayDelete = useMay('admin', appId)
  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <Row name={t('accounts.nick')}>{account.nick || '–'}</Row>
        <Row name={t('app.state')}>
          <Badge color={account.blocked ? 'red' : 'teal'} variant="light">
            {account.blocked ? t('accounts.blocked') : t('accounts.ok')}
          </Badge>
        </Row>
        <Row name={t('accounts.is-admin')}>{account.admin ? t('yes') : t('no')}</Row>
        <Row name={t('app.created')}>
          <Moment seconds={account.created} />
        </Row>
        <Row name={t('accounts.last-login')}>
          <Moment seconds={account.lastLogin} />
        </Row>
        <Row name={t('accounts.valid-after')}>
          <Moment seconds={account.validAfter} />
        </Row>
      </Stack>
      <div>
        <Title order={3} fz="h5" mb="xs">
          {t('accounts.sessions')}
        </Title>
        <SessionList sessions={account.sessions} />
      </div>
      {mayAct && (
        <Stack gap="xs">
          <Button variant="default" onClick={() => onAction('kick')}>
            {t('accounts.kick')}
          </Button>
          <Button
            variant={account.blocked ? 'default' : 'light'}
            {...(!account.blocked && { color: 'red' })}
            onClick={() => onAction(account.blocked ? 'unblock' : 'block')}
          >
            {account.blocked ? t('accounts.unblock') : t('accounts.block')}
          </Button>
          {mayDelete && (
            <Button
              variant="light"
              color="red"
              disabled={account.admin}
              onClick={() => onAction('delete')}
              title={account.admin ? t('accounts.delete-admin') : undefined}
            >
              {t('accounts.delete')}
            </Button>
          )}
        </Stack>
      )}
    </Stack>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" ta="right" className="breakable">
        {children}
      </Text>
    </Group>
  )
}
