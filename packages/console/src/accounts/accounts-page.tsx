import { Badge, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Account, AccountPage } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { AccountDrawer } from './account-drawer.tsx'
import { CreateAccount } from './create-account.tsx'
import { OnlineBadge } from './online-badge.tsx'

type Only = 'all' | 'admins' | 'blocked'

const TYPING_MS = 250
/** Online states change by themselves. */
const REFRESH_MS = 10_000

export function AccountsPage() {
  const t = useT()
  const { appId } = useApp()
  const queries = useQueryClient()
  const mayChange = useMay('operator', appId)
  const [text, setText] = useState('')
  const [only, setOnly] = useState<Only>('all')
  const [shown, setShown] = useState<string>()
  const [isCreating, setCreating] = useState(false)
  const [search] = useDebouncedValue(text.trim(), TYPING_MS)
  const pages = useInfiniteQuery({
    queryKey: ['app', appId, 'accounts', search, only],
    queryFn: ({ pageParam }) =>
      runCommand<AccountPage>('user search', {
        appId,
        text: search,
        ...(only !== 'all' && { only }),
        ...(pageParam !== '' && { after: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: page => page.next,
    refetchInterval: REFRESH_MS,
  })
  return (
    <>
      <PageHead title={t('nav.accounts')} about={t('accounts.about')}>
        {mayChange && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setCreating(true)}>
            {t('accounts.create')}
          </Button>
        )}
      </PageHead>
      <Stack>
        <Group gap="sm">
          <TextInput
            aria-label={t('accounts.search')}
            placeholder={t('accounts.search')}
            leftSection={<Icon name="search" size={16} />}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
            style={{ flex: '1 1 16rem' }}
          />
          <SegmentedControl
            aria-label={t('accounts.filter')}
            value={only}
            onChange={value => setOnly(value as Only)}
            data={[
              { value: 'all', label: t('accounts.all') },
              { value: 'admins', label: t('accounts.admins') },
              { value: 'blocked', label: t('accounts.filter-blocked') },
            ]}
          />
        </Group>
        <QueryView query={pages}>
          {data => (
            <AccountList
              accounts={data.pages.flatMap(page => page.users)}
              isFiltered={search !== '' || only !== 'all'}
              onShow={setShown}
            />
          )}
        </QueryView>
        {pages.hasNextPage && (
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {t('more')}
          </Button>
        )}
      </Stack>
      {shown !== undefined && (
        <AccountDrawer appId={appId} userId={shown} onClose={() => setShown(undefined)} />
      )}
      {isCreating && (
        <CreateAccount
          appId={appId}
          onClose={() => setCreating(false)}
          onDone={() => void queries.invalidateQueries({ queryKey: ['app', appId] })}
        />
      )}
    </>
  )
}

function AccountList(props: {
  readonly accounts: readonly Account[]
  readonly isFiltered: boolean
  readonly onShow: (userId: string) => void
}) {
  const t = useT()
  return (
    <RecordList
      label={t('nav.accounts')}
      rows={props.accounts}
      rowKey={account => account.userId}
      empty={props.isFiltered ? t('accounts.no-match') : t('accounts.none')}
      columns={[
        {
          name: 'UserID',
          cell: account => (
            <Group gap={6}>
              <Text span size="sm" fw={600} className="breakable">
                {account.userId}
              </Text>
              {account.admin && (
                <Badge size="sm" variant="light">
                  {t('accounts.admin')}
                </Badge>
              )}
              {account.blocked && (
                <Badge size="sm" color="red" variant="light">
                  {t('accounts.blocked')}
                </Badge>
              )}
            </Group>
          ),
        },
        { name: t('accounts.nick'), cell: account => account.nick || '–' },
        { name: t('accounts.online'), cell: account => <OnlineBadge account={account} /> },
        { name: t('app.created'), cell: account => <Moment seconds={account.created} /> },
        { name: t('accounts.last-login'), cell: account => <Moment seconds={account.lastLogin} relative /> },
      ]}
      actionsName={t('actions')}
      actions={account => (
        <Button
          size="xs"
          variant="default"
          onClick={() => props.onShow(account.userId)}
          aria-label={`${t('show')}: ${account.userId}`}
        >
          {t('show')}
        </Button>
      )}
    />
  )
}
