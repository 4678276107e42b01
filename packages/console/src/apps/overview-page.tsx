import { Anchor, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { ServerInfo } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useLanguage, useT } from '../i18n/language.tsx'
import { CopyIcon } from '../parts/copy-text.tsx'
import { formatMoment, Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { type AppAction, AppActionDialog } from './app-actions.tsx'
import { useApp } from './app-frame.tsx'
import { AppNumber, AppState } from './apps-page.tsx'

export function OverviewPage() {
  const t = useT()
  const { language } = useLanguage()
  const app = useApp()
  const mayChange = useMay('admin', app.appId)
  const mayDelete = useMay('owner')
  const [action, setAction] = useState<AppAction>()
  const server = useQuery({
    queryKey: ['server'],
    queryFn: () => runCommand<ServerInfo>('server info', {}),
  })
  const webSocket = `${location.origin.replace(/^http/, 'ws')}/ws`
  const facts: readonly (readonly [string, number, string])[] = [
    [t('app.accounts'), app.accounts, 'accounts'],
    [t('overview.keys'), app.keys, 'keys'],
    [t('nav.admins'), app.admins, 'admins'],
  ]
  return (
    <>
      <PageHead title={app.name}>
        {mayChange && (
          <Button variant="default" onClick={() => setAction('rename')}>
            {t('overview.rename')}
          </Button>
        )}
      </PageHead>
      <Stack gap="lg">
        <SimpleGrid cols={3} spacing={{ base: 'xs', sm: 'md' }}>
          {facts.map(([name, value, room]) => (
            <Paper withBorder p={{ base: 'sm', sm: 'md' }} key={room}>
              <Text fz={{ base: 'xs', sm: 'sm' }} c="dimmed">
                {name}
              </Text>
              <Anchor component={Link} href={`/apps/${app.appId}/${room}`} fz={28} fw={650} c="inherit">
                {value}
              </Anchor>
            </Paper>
          ))}
        </SimpleGrid>
        <Section title={t('overview.app')}>
          <Fact name="SDKAppID">
            <AppNumber appId={app.appId} />
          </Fact>
          <Fact name={t('app.state')}>
            <AppState disabled={app.disabled} />
          </Fact>
          <Fact name={t('app.created')}>
            <Moment seconds={app.created} />
          </Fact>
          <Fact name={t('overview.valid-after')}>
            {app.validAfter > 0 ? formatMoment(language, app.validAfter) : t('overview.valid-all')}
          </Fact>
        </Section>
        <Section title={t('overview.connect')}>
          <Address name={t('overview.rest')} text={`${location.origin}/v4/`} />
          <Address name={t('overview.socket')} text={webSocket} />
          <Fact name={t('overview.server')}>
            {server.data ? `Rookery ${server.data.version}` : '…'}
            {server.data?.storageError ? ` · ${server.data.storageError}` : ''}
          </Fact>
          <Fact name={t('overview.reference')}>
            <Anchor href="/docs" target="_blank" rel="noreferrer">
              /docs
            </Anchor>
          </Fact>
        </Section>
        {mayChange && (
          <Section title={t('overview.danger')} danger>
            <Danger
              text={t('overview.invalidate-about')}
              button={t('overview.invalidate')}
              onClick={() => setAction('invalidate')}
            />
            {app.disabled ? (
              <Danger
                text={t('overview.enable-about')}
                button={t('overview.enable')}
                onClick={() => setAction('enable')}
              />
            ) : (
              <Danger
                text={t('overview.disable-about')}
                button={t('overview.disable')}
                onClick={() => setAction('disable')}
              />
            )}
            {mayDelete && (
              <Danger
                text={app.disabled ? t('overview.delete-about') : t('overview.delete-first')}
                button={t('overview.delete')}
                onClick={() => setAction('delete')}
                disabled={!app.disabled}
              />
            )}
          </Section>
        )}
      </Stack>
      {action && <AppActionDialog action={action} app={app} onClose={() => setAction(undefined)} />}
    </>
  )
}

function Section({ title, danger, children }: { title: string; danger?: boolean; children: ReactNode }) {
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} {...(danger && { bd: '1px solid red.4' })}>
      <Title order={2} fz="h4" mb="md">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </Paper>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group gap={4} wrap="wrap">
      <Text size="sm" c="dimmed" w={{ base: '100%', xs: 190 }}>
        {name}
      </Text>
      <Text size="sm" component="div" className="breakable">
        {children}
      </Text>
    </Group>
  )
}

function Address({ name, text }: { name: string; text: string }) {
  return (
    <Fact name={name}>
      <Group gap={4} wrap="nowrap">
        <span className="mono">{text}</span>
        <CopyIcon text={text} name={name} />
      </Group>
    </Fact>
  )
}

function Danger(props: { text: string; button: string; onClick: () => void; disabled?: boolean }) {
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" style={{ flex: '1 1 16rem' }}>
        {props.text}
      </Text>
      <Button variant="light" color="red" onClick={props.onClick} disabled={props.disabled === true}>
        {props.button}
      </Button>
    </Group>
  )
}
