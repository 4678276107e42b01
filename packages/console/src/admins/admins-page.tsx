import { Badge, Button, Group, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Admin } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { durationText, Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { tell } from '../parts/tell.ts'
import { AdminForm } from './admin-form.tsx'

type Open = { readonly dialog: 'appoint' } | { readonly dialog: 'change' | 'dismiss'; readonly admin: Admin }

export function AdminsPage() {
  const t = useT()
  const { appId } = useApp()
  const queries = useQueryClient()
  const mayChange = useMay('admin', appId)
  const [open, setOpen] = useState<Open>()
  const admins = useQuery({
    queryKey: ['app', appId, 'admins'],
    queryFn: () => runCommand<readonly Admin[]>('admin list', { appId }),
  })
  const onClose = () => setOpen(undefined)
  const onDone = () => {
    tell(t('saved'))
    void queries.invalidateQueries({ queryKey: ['app', appId] })
  }
  return (
    <>
      <PageHead title={t('nav.admins')} about={t('admins.about')}>
        {mayChange && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen({ dialog: 'appoint' })}>
            {t('admins.appoint')}
          </Button>
        )}
      </PageHead>
      <QueryView query={admins}>
        {list => (
          <RecordList
            label={t('nav.admins')}
            rows={list}
            rowKey={admin => admin.userId}
            empty={t('admins.none')}
            columns={[
              {
                name: 'UserID',
                cell: admin => (
                  <Text span size="sm" fw={600} className="breakable">
                    {admin.userId}
                  </Text>
                ),
              },
              { name: t('app.state'), cell: admin => <AdminState admin={admin} /> },
              { name: t('admins.scopes'), cell: admin => admin.scopes.join(', ') || t('all') },
              { name: t('admins.addresses'), cell: admin => admin.addresses.join(', ') || t('any') },
              {
                name: t('admins.lifetime'),
                cell: admin =>
                  admin.maxTicketLifetime === 0 ? t('any') : durationText(t, admin.maxTicketLifetime),
              },
              {
                name: t('admins.since'),
                cell: admin => (
                  <>
                    <Moment seconds={admin.created} />
                    <Text span size="xs" c="dimmed" display="block">
                      {admin.createdBy}
                    </Text>
                  </>
                ),
              },
            ]}
            actionsName={t('actions')}
            {...(mayChange && {
              actions: (admin: Admin) => (
                <Group gap="xs" wrap="nowrap">
                  <Button size="xs" variant="default" onClick={() => setOpen({ dialog: 'change', admin })}>
                    {t('change')}
                  </Button>
                  <Button
                    size="xs"
                    variant="light"
                    color="red"
                    onClick={() => setOpen({ dialog: 'dismiss', admin })}
                  >
                    {t('admins.dismiss')}
                  </Button>
                </Group>
              ),
            })}
          />
        )}
      </QueryView>
      {open?.dialog === 'appoint' && <AdminForm appId={appId} onClose={onClose} onDone={onDone} />}
      {open?.dialog === 'change' && (
        <AdminForm appId={appId} admin={open.admin} onClose={onClose} onDone={onDone} />
      )}
      {open?.dialog === 'dismiss' && (
        <ActionDialog
          title={t('admins.dismiss')}
          confirm={t('admins.dismiss')}
          danger
          password
          typed={open.admin.userId}
          onClose={onClose}
          run={password => runCommand('admin dismiss', { appId, userId: open.admin.userId }, password)}
          onDone={onDone}
        >
          <Text size="sm">{t('admins.dismiss-about')}</Text>
        </ActionDialog>
      )}
    </>
  )
}

function AdminState({ admin }: { admin: Admin }) {
  const t = useT()
  if (admin.blocked)
    return (
      <Badge color="red" variant="light">
        {t('accounts.blocked')}
      </Badge>
    )
  return (
    <Badge color={admin.disabled ? 'gray' : 'teal'} variant="light">
      {admin.disabled ? t('off') : t('on')}
    </Badge>
  )
}
