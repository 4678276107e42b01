import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import type { AccountDetail } from '../api/answers.ts'
import { useT } from '../i18n/language.tsx'
import { Moment } from '../parts/moment.tsx'

type Session = AccountDetail['sessions'][number]

const STATE_COLORS: Readonly<Record<string, string>> = { connected: 'teal', 'not connected': 'blue' }

/** Latest first; those that ended say why. */
export function SessionList({ sessions }: { sessions: readonly Session[] }) {
  const t = useT()
  if (sessions.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('accounts.no-sessions')}
      </Text>
    )
  return (
    <Stack gap="xs">
      {sessions.toReversed().map((session, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no id and are replaced as a whole.
        <Paper withBorder p="xs" key={index}>
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={600}>
              {session.platform}
            </Text>
            <Badge size="sm" variant="light" color={STATE_COLORS[session.state] ?? 'gray'}>
              {stateText(t, session.state)}
            </Badge>
          </Group>
          <Text size="xs" c="dimmed" component="div">
            {t('accounts.session-seen')} <Moment seconds={session.seen} /> · {session.keyId}
          </Text>
        </Paper>
      ))}
    </Stack>
  )
}

function stateText(t: ReturnType<typeof useT>, state: string): string {
  if (state === 'connected') return t('accounts.connected')
  if (state === 'not connected') return t('accounts.not-connected')
  return t('accounts.ended', { why: state })
}
