import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuditRow, AuditPage as Page } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { saveCsv } from './audit-csv.ts'
import { VerifyChain } from './verify-chain.tsx'

const PAGE = 50

export function AuditPage() {
  const t = useT()
  const { appId } = useApp()
  return (
    <AuditRoom
      title={t('nav.audit')}
      about={t('audit.about')}
      name={`audit-${appId}`}
      queryKey={['app', appId, 'audit']}
      load={before => runCommand<Page>('audit list', { appId, limit: PAGE, ...before })}
      verify={appId}
    />
  )
}

/** A chain of audit rows: an app's, or the server's own. */
export function AuditRoom(props: {
  readonly title: string
  readonly about: string
  /** Of the exported file. */
  readonly name: string
  readonly queryKey: readonly unknown[]
  readonly load: (before: { readonly before?: number }) => Promise<Page>
  readonly verify?: number
}) {
  const t = useT()
  const [filter, setFilter] = useState('')
  const pages = useInfiniteQuery({
    queryKey: props.queryKey,
    queryFn: ({ pageParam }) => props.load(pageParam === 0 ? {} : { before: pageParam }),
    initialPageParam: 0,
    getNextPageParam: page => page.next,
  })
  const wanted = filter.trim().toLowerCase()
  const rows = (pages.data?.pages ?? []).flatMap(page => page.rows).filter(row => matches(row, wanted))
  return (
    <>
      <PageHead title={props.title} about={props.about}>
        {props.verify !== undefined && <VerifyChain appId={props.verify} />}
        <Button variant="default" disabled={rows.length === 0} onClick={() => saveCsv(props.name, rows)}>
          {t('audit.export')}
        </Button>
      </PageHead>
      <Stack>
        <TextInput
          aria-label={t('audit.filter')}
          placeholder={t('audit.filter')}
          leftSection={<Icon name="search" size={16} />}
          value={filter}
          onChange={event => setFilter(event.currentTarget.value)}
          maw={420}
        />
        <QueryView query={pages}>
          {() => (
            <RecordList
              label={props.title}
              rows={rows}
              rowKey={row => String(row.no)}
              empty={t('audit.none')}
              columns={[
                {
                  name: t('audit.action'),
                  cell: row => (
                    <Text span fw={600} size="sm" className="mono">
                      {row.action}
                    </Text>
                  ),
                },
                {
                  name: t('audit.target'),
                  cell: row => <span className="breakable">{row.target || '–'}</span>,
                },
                { name: t('audit.actor'), cell: row => <span className="breakable">{row.actor}</span> },
                { name: t('audit.time'), cell: row => <Moment seconds={Math.floor(row.time_ms / 1000)} /> },
                {
                  name: t('audit.detail'),
                  cell: row =>
                    row.detail === '{}' ? (
                      '–'
                    ) : (
                      <Code className="breakable" style={{ whiteSpace: 'pre-wrap' }}>
                        {detailText(row.detail)}
                      </Code>
                    ),
                },
              ]}
            />
          )}
        </QueryView>
        {pages.hasNextPage && (
          <Group justify="center">
            <Button
              variant="default"
              loading={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              {t('audit.older')}
            </Button>
          </Group>
        )}
      </Stack>
    </>
  )
}

function matches(row: AuditRow, wanted: string): boolean {
  return (
    wanted === '' ||
    [row.action, row.target, row.actor, row.detail].some(text => text.toLowerCase().includes(wanted))
  )
}

/** `old: 1, new: 5` of the row's JSON. */
function detailText(detail: string): string {
  const fields = JSON.parse(detail) as Readonly<Record<string, unknown>>
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
