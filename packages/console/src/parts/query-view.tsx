import { Alert, Button, Group, Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../i18n/language.tsx'
import { faultText } from './fault-text.ts'

const ROWS = ['a', 'b', 'c', 'd']

/** What a query gave, or that it is on its way, or why it failed with a button to try again. */
export function QueryView<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
}) {
  const t = useT()
  if (query.data !== undefined) return children(query.data)
  if (query.isError)
    return (
      <Alert color="red" variant="light" role="alert" title={t('load.failed')}>
        <Stack gap="sm" align="flex-start">
          <span>{faultText(t, query.error)}</span>
          <Button size="xs" variant="default" onClick={() => void query.refetch()}>
            {t('retry')}
          </Button>
        </Stack>
      </Alert>
    )
  return (
    <Stack aria-busy="true" aria-label={t('loading')}>
      {ROWS.map(row => (
        <Group key={row} wrap="nowrap">
          <Skeleton height={36} />
        </Group>
      ))}
    </Stack>
  )
}
