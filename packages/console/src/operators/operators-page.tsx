import { Badge, Button, Group, Stack, Tabs, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuditPage as AuditRows, ListedOperator } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useOperator } from '../api/session.tsx'
import { AuditRoom } from '../audit/audit-page.tsx'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { tell } from '../parts/tell.ts'
import { InviteOperator } from './invite-operator.tsx'
import { OperatorRoles } from './operator-roles.tsx'
import { roleText } from './role-text.ts'

type Open =
  | { readonly dialog: 'invite' }
  | { readonly dialog: 'reset' | 'roles' | 'remove'; readonly operator: ListedOperator }

export function OperatorsPage() {
  const t = useT()
  return (
    <Tabs defaultValue="people" keepMounted={false}>
      <Tabs.List mb="lg">
        <Tabs.Tab value="people">{t('nav.operators')}</Tabs.Tab>
        <Tabs.Tab value="log">{t('operators.log')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="people">
        <People />
      </Tabs.Panel>
      <Tabs.Panel value="log">
        <AuditRoom
          title={t('operators.log')}
          about={t('operators.log-about')}
          name="operators"
          queryKey={['operator-log']}
          load={before => runCommand<AuditRows>('operator log', { limit: 50, ...before })}
        />
      </Tabs.Panel>
    </Tabs>
  )
}

function People() {
  const t = useT()
  const me = useOperator()
  const queries = useQueryClient()
  const [open, setOpen] = useState<Open>()
  const operators = useQuery({
    queryKey: ['operators'],
    queryFn: () => runCommand<readonly ListedOperator[]>('operator list', {}),
  })
  const onClose = () => setOpen(undefined)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['operators'] })
  return (
    <>
      <PageHead title={t('nav.operators')} about={t('operators.about')}>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen({ dialog: 'invite' })}>
          {t('operators.invite')}
        </Button>
      </PageHead>
      <QueryView query={operators}>
        {list => (
          <RecordList
            label={t('nav.operators')}
            rows={list}
            rowKey={operator => operator.name}
            empty={t('operators.none')}
            columns={[
              {
                name: t('sign-in.name'),
                cell: operator => (
                  <Text span size="sm" fw={600} className="breakable">
                    {operator.name}
                  </Text>
                ),
              },
              { name: t('operators.role'), cell: operator => <Roles operator={operator} /> },
              { name: t('app.created'), cell: operator => <Moment seconds={operator.created} /> },
              {
                name: t('accounts.last-login'),
                cell: operator => <Moment seconds={operator.lastLogin} relative />,
              },
            ]}
            actionsName={t('actions')}
            actions={operator => (
              <>
                <Button size="xs" variant="default" onClick={() => setOpen({ dialog: 'roles', operator })}>
                  {t('operators.change-role')}
                </Button>
                <Button size="xs" variant="subtle" onClick={() => setOpen({ dialog: 'reset', operator })}>
                  {t('operators.reset')}
                </Button>
                {operator.name !== me.name && (
                  <Button
                    size="xs"
                    variant="light"
                    color="red"
                    onClick={() => setOpen({ dialog: 'remove', operator })}
                  >
                    {t('operators.remove')}
                  </Button>
                )}
              </>
            )}
          />
        )}
      </QueryView>
      {open?.dialog === 'invite' && <InviteOperator onClose={onClose} />}
      {open?.dialog === 'reset' && <InviteOperator known={open.operator.name} onClose={onClose} />}
      {open?.dialog === 'roles' && (
        <OperatorRoles operator={open.operator} onClose={onClose} onDone={refresh} />
      )}
      {open?.dialog === 'remove' && (
        <ActionDialog
          title={`${t('operators.remove')}: ${open.operator.name}`}
          confirm={t('operators.remove')}
          danger
          password
          typed={open.operator.name}
          onClose={onClose}
          run={password => runCommand('operator remove', { name: open.operator.name }, password)}
          onDone={() => {
            tell(t('operators.removed'))
            refresh()
          }}
        >
          <Text size="sm">{t('operators.remove-about')}</Text>
        </ActionDialog>
      )}
    </>
  )
}

function Roles({ operator }: { operator: ListedOperator }) {
  const t = useT()
  return (
    <Stack gap={4} align="flex-start">
      <Badge variant="light" color={operator.role === '' ? 'gray' : 'rook'}>
        {roleText(t, operator.role)}
      </Badge>
      {operator.apps.map(({ appId, role }) => (
        <Group gap={4} key={appId}>
          <Text span size="xs" c="dimmed">
            {t('operators.in-app', { app: appId, role: roleText(t, role) })}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}
