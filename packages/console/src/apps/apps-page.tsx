import { Anchor, Badge, Button, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { AppSummary, CreatedApp } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { CopyIcon } from '../parts/copy-text.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { SecretReveal } from '../parts/secret-reveal.tsx'
import { useApps } from './use-apps.ts'

/** Below it everything is seen at a glance. */
const SEARCH_FROM = 5

export function AppsPage() {
  const t = useT()
  const apps = useApps()
  const mayCreate = useMay('admin')
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [isCreating, setCreating] = useState(false)
  const [created, setCreated] = useState<CreatedApp>()
  const [search, setSearch] = useState('')
  const matches = (app: AppSummary) =>
    app.name.toLowerCase().includes(search.trim().toLowerCase()) || String(app.appId).includes(search.trim())
  return (
    <>
      <PageHead title={t('nav.apps')} about={t('apps.about')}>
        {mayCreate && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setCreating(true)}>
            {t('apps.create')}
          </Button>
        )}
      </PageHead>
      <QueryView query={apps}>
        {list => (
          <Stack>
            {list.length >= SEARCH_FROM && (
              <TextInput
                aria-label={t('apps.search')}
                placeholder={t('apps.search')}
                leftSection={<Icon name="search" size={16} />}
                value={search}
                onChange={event => setSearch(event.currentTarget.value)}
                maw={360}
              />
            )}
            <RecordList
              label={t('nav.apps')}
              rows={list.filter(matches)}
              rowKey={app => String(app.appId)}
              empty={list.length === 0 ? t('apps.none') : t('apps.no-match')}
              columns={[
                {
                  name: t('app.name'),
                  cell: app => (
                    <Anchor
                      component={Link}
                      href={`/apps/${app.appId}`}
                      fw={600}
                      size="sm"
                      className="breakable"
                    >
                      {app.name}
                    </Anchor>
                  ),
                },
                { name: 'SDKAppID', cell: app => <AppNumber appId={app.appId} /> },
                { name: t('app.state'), cell: app => <AppState disabled={app.disabled} /> },
                { name: t('app.accounts'), cell: app => app.accounts },
                { name: t('app.created'), cell: app => <Moment seconds={app.created} /> },
              ]}
            />
          </Stack>
        )}
      </QueryView>
      {isCreating && (
        <CreateApp
          onClose={() => setCreating(false)}
          onDone={app => {
            setCreated(app)
            void queries.invalidateQueries({ queryKey: ['apps'] })
          }}
        />
      )}
      {created && (
        <SecretReveal
          revealed={{
            title: t('apps.created'),
            secret: created.secret,
            keyId: created.keyId,
            more: <Text size="sm">{t('apps.created-next', { id: created.appId })}</Text>,
          }}
          onClose={() => {
            setCreated(undefined)
            go(`/apps/${created.appId}`)
          }}
        />
      )}
    </>
  )
}

export function AppNumber({ appId }: { appId: number }) {
  return (
    <Text span size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
      <span className="mono">{appId}</span>
      <CopyIcon text={String(appId)} name="SDKAppID" />
    </Text>
  )
}

export function AppState({ disabled }: { disabled: boolean }) {
  const t = useT()
  return (
    <Badge color={disabled ? 'orange' : 'teal'} variant="light">
      {disabled ? t('app.disabled') : t('app.enabled')}
    </Badge>
  )
}

function CreateApp({ onClose, onDone }: { onClose: () => void; onDone: (app: CreatedApp) => void }) {
  const t = useT()
  const [name, setName] = useState('')
  const [number, setNumber] = useState('')
  const isNumber = /^\d{0,10}$/.test(number.trim())
  return (
    <ActionDialog
      title={t('apps.create')}
      confirm={t('apps.create')}
      onClose={onClose}
      disabled={name.trim() === '' || !isNumber}
      run={() =>
        runCommand<CreatedApp>('app create', {
          name: name.trim(),
          ...(number.trim() && { sdkappid: Number(number) }),
        })
      }
      onDone={onDone}
    >
      <TextInput
        label={t('app.name')}
        description={t('apps.name-about')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('apps.number')}
        description={t('apps.number-about')}
        value={number}
        onChange={event => setNumber(event.currentTarget.value)}
        error={!isNumber && t('apps.number-bad')}
        inputMode="numeric"
        autoComplete="off"
      />
    </ActionDialog>
  )
}
