import { Alert, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { Moment } from '../parts/moment.tsx'
import { QueryView } from '../parts/query-view.tsx'
import type { GroupDetail, HistoryMessage, HistoryPage } from './group-answers.ts'
import { MessageBody } from './message-body.tsx'

const PAGE = 30
const SYSTEM = '@TIM#SYSTEM'

/** The messages of others: nothing is read before it was asked for, for each reading is in the audit log. */
export function GroupHistory({ appId, group }: { readonly appId: number; readonly group: GroupDetail }) {
  const t = useT()
  const mayRead = useMay('operator', appId)
  const [isReading, setReading] = useState(false)
  if (!group.Rules.storesHistory) return <Empty text={t('history.live')} />
  if (!mayRead) return <Empty text={t('history.role')} />
  if (isReading) return <Messages appId={appId} groupId={group.GroupId} />
  return (
    <Alert variant="light" color="orange">
      <Stack align="flex-start">
        <Text size="sm">{t('history.recorded')}</Text>
        <Button onClick={() => setReading(true)}>{t('history.read')}</Button>
      </Stack>
    </Alert>
  )
}

function Empty({ text }: { readonly text: string }) {
  return (
    <Paper withBorder p="xl" ta="center" c="dimmed">
      {text}
    </Paper>
  )
}

function Messages({ appId, groupId }: { readonly appId: number; readonly groupId: string }) {
  const t = useT()
  const queries = useQueryClient()
  // Not below the group's own key: what an action reloads must not read history again by itself.
  const queryKey = ['history', appId, groupId]
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      runCommand<HistoryPage>('group messages', {
        appId,
        groupId,
        limit: PAGE,
        ...(pageParam > 0 && { before: pageParam }),
      }),
    initialPageParam: 0,
    getNextPageParam: page => page.next,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  return (
    <Stack>
      <Group justify="flex-end">
        <Button size="xs" variant="default" onClick={() => void queries.resetQueries({ queryKey })}>
          {t('history.again')}
        </Button>
      </Group>
      <QueryView query={pages}>
        {data => {
          const messages = data.pages.flatMap(page => page.messages)
          if (messages.length === 0) return <Empty text={t('history.none')} />
          return (
            <Stack gap="xs" role="list" aria-label={t('group.tab-messages')}>
              {messages.map(message => (
                <Message key={message.seq} message={message} />
              ))}
            </Stack>
          )
        }}
      </QueryView>
      {pages.hasNextPage && (
        <Button
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('history.older')}
        </Button>
      )}
    </Stack>
  )
}

function Message({ message }: { readonly message: HistoryMessage }) {
  const t = useT()
  return (
    <Paper withBorder p="sm" role="listitem" data-seq={message.seq}>
      <Group gap="xs" mb={4}>
        <Text size="sm" fw={600} className="breakable">
          {message.from === SYSTEM ? t('history.system') : message.from}
        </Text>
        <Text size="xs" c="dimmed">
          #{message.seq} · <Moment seconds={message.time} />
        </Text>
        {message.recalled && (
          <Badge size="sm" color="gray" variant="light">
            {t('history.recalled')}
            {message.recalledBy && ` · ${message.recalledBy}`}
          </Badge>
        )}
      </Group>
      {!message.recalled && <MessageBody elements={message.body} />}
    </Paper>
  )
}
