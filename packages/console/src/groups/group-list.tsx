import { Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { CreateGroup } from './create-group.tsx'
import { fieldsAddress, groupAddress } from './group-address.ts'
import { GROUP_TYPES, type GroupPage, type ListedGroup } from './group-answers.ts'

const TYPING_MS = 250
const PAGE = 25

export function GroupList() {
  const t = useT()
  const { appId } = useApp()
  const mayChange = useMay('operator', appId)
  const [text, setText] = useState('')
  const [type, setType] = useState<string | null>(null)
  const [isCreating, setCreating] = useState(false)
  const [search] = useDebouncedValue(text.trim(), TYPING_MS)
  const pages = useInfiniteQuery({
    queryKey: ['app', appId, 'groups', 'list', search, type],
    queryFn: ({ pageParam }) =>
      runCommand<GroupPage>('group list', {
        appId,
        text: search,
        limit: PAGE,
        ...(type !== null && { type }),
        ...(pageParam > 0 && { after: pageParam }),
      }),
    initialPageParam: 0,
    getNextPageParam: page => page.next,
  })
  return (
    <>
      <PageHead title={t('nav.groups')} about={t('groups.about')}>
        <Button component={Link} href={fieldsAddress(appId)} variant="default">
          {t('fields.title')}
        </Button>
        {mayChange && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setCreating(true)}>
            {t('groups.create')}
          </Button>
        )}
      </PageHead>
      <Stack>
        <Group gap="sm">
          <TextInput
            aria-label={t('groups.search')}
            placeholder={t('groups.search')}
            leftSection={<Icon name="search" size={16} />}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
            style={{ flex: '1 1 16rem' }}
          />
          <Select
            aria-label={t('groups.type')}
            placeholder={t('groups.type-all')}
            value={type}
            onChange={setType}
            data={GROUP_TYPES.map(value => ({ value, label: t(`group-type.${value}`) }))}
            clearable
          />
        </Group>
        <QueryView query={pages}>
          {data => (
            <Groups
              appId={appId}
              groups={data.pages.flatMap(page => page.groups)}
              empty={search !== '' || type !== null ? t('groups.no-match') : t('groups.none')}
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
      {isCreating && <CreateGroup appId={appId} onClose={() => setCreating(false)} />}
    </>
  )
}

function Groups(props: {
  readonly appId: number
  readonly groups: readonly ListedGroup[]
  readonly empty: string
}) {
  const t = useT()
  return (
    <RecordList
      label={t('nav.groups')}
      rows={props.groups}
      rowKey={group => group.groupId}
      empty={props.empty}
      columns={[
        {
          name: t('groups.name'),
          cell: group => (
            <div>
              <Group gap={6}>
                <Text span size="sm" fw={600} className="breakable">
                  {group.name}
                </Text>
                {group.muteAll && (
                  <Badge size="sm" color="orange" variant="light">
                    {t('groups.muted-all')}
                  </Badge>
                )}
              </Group>
              <Text size="xs" c="dimmed" className="mono breakable">
                {group.groupId}
              </Text>
            </div>
          ),
        },
        { name: t('groups.type'), cell: group => t(`group-type.${group.type}`) },
        {
          name: t('groups.owner'),
          cell: group => <span className="breakable">{group.owner || '–'}</span>,
        },
        {
          name: t('groups.members'),
          cell: group => (group.type === 'AVChatRoom' ? '–' : group.members),
        },
        { name: t('app.created'), cell: group => <Moment seconds={group.created} /> },
        { name: t('groups.last-message'), cell: group => <Moment seconds={group.lastMessage} relative /> },
      ]}
      actionsName={t('actions')}
      actions={group => (
        <Button
          size="xs"
          variant="default"
          component={Link}
          href={groupAddress(props.appId, group.groupId)}
          aria-label={`${t('show')}: ${group.name}`}
        >
          {t('show')}
        </Button>
      )}
    />
  )
}
