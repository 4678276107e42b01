import { Alert, Badge, Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { tell } from '../parts/tell.ts'
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
  const [asked, setAsked] = useState<HistoryMessage>()
  const [recalled, setRecalled] = useState<readonly number[]>([])
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
                <Message
                  key={message.seq}
                  message={
                    recalled.includes(message.seq) ? { ...message, recalled: true, body: [] } : message
                  }
                  onRecall={() => setAsked(message)}
                />
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
      {asked && (
        <RecallDialog
          appId={appId}
          groupId={groupId}
          message={asked}
          onClose={() => setAsked(undefined)}
          // Reading it anew would be one more act for the audit log.
          onDone={() => setRecalled(before => [...before, asked.seq])}
        />
      )}
    </Stack>
  )
}

function Message(props: { readonly message: HistoryMessage; readonly onRecall: () => void }) {
  const t = useT()
  const { message } = props
  const isTip = message.from === SYSTEM
  return (
    <Paper withBorder p="sm" role="listitem" data-seq={message.seq}>
      <Group gap="xs" mb={4} justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Text size="sm" fw={600} className="breakable">
            {isTip ? t('history.system') : message.from}
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
        {!message.recalled && !isTip && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            onClick={props.onRecall}
            aria-label={`${t('history.recall')}: #${message.seq}`}
          >
            {t('history.recall')}
          </Button>
        )}
      </Group>
      {!message.recalled && <MessageBody elements={message.body} />}
    </Paper>
  )
}

function RecallDialog(props: {
  readonly appId: number
  readonly groupId: string
  readonly message: HistoryMessage
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { appId, groupId, message, onClose, onDone } = props
  const t = useT()
  const [reason, setReason] = useState('')
  return (
    <ActionDialog
      title={`${t('history.recall')}: #${message.seq}`}
      confirm={t('history.recall')}
      danger
      onClose={onClose}
      run={() => runCommand('group recall', { appId, groupId, seq: message.seq, ...(reason && { reason }) })}
      onDone={() => {
        tell(t('history.recall-done'))
        onDone()
      }}
    >
      <Text size="sm">{t('history.recall-about')}</Text>
      <TextInput
        label={t('members.reason')}
        description={t('history.reason-about')}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
    </ActionDialog>
  )
}
