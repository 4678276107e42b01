import { AppShell, Burger, Group, NavLink, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link, useLocation, useRoute } from 'wouter'
import { useMay } from '../api/session.tsx'
import { useApps } from '../apps/use-apps.ts'
import type { TextKey } from '../i18n/en.ts'
import { useT } from '../i18n/language.tsx'
import { Icon, type IconName } from '../parts/icons.tsx'
import { OperatorMenu } from './operator-menu.tsx'
import { Preferences } from './preferences.tsx'

const ROOMS: readonly { readonly path: string; readonly text: TextKey; readonly icon: IconName }[] = [
  { path: '', text: 'nav.overview', icon: 'overview' },
  { path: '/keys', text: 'nav.keys', icon: 'key' },
  { path: '/admins', text: 'nav.admins', icon: 'admins' },
  { path: '/accounts', text: 'nav.accounts', icon: 'accounts' },
  { path: '/groups', text: 'nav.groups', icon: 'groups' },
  { path: '/usersig', text: 'nav.usersig', icon: 'ticket' },
  { path: '/settings', text: 'nav.settings', icon: 'settings' },
  { path: '/audit', text: 'nav.audit', icon: 'audit' },
]

export function Shell({ version, children }: { version: string; children: ReactNode }) {
  const t = useT()
  const [isOpen, { toggle, close }] = useDisclosure()
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('nav.menu')}
              aria-expanded={isOpen}
            />
            <UnstyledButton component={Link} href="/" aria-label={t('app.title')}>
              <Group gap={8} wrap="nowrap">
                <img src="/console/icon.svg" width={26} height={26} alt="" />
                <Text fw={700}>Rookery</Text>
              </Group>
            </UnstyledButton>
          </Group>
          <Group gap={4} wrap="nowrap">
            <Preferences />
            <OperatorMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav.menu')}>
        <AppShell.Section grow component={ScrollArea}>
          <Navigation onChosen={close} />
        </AppShell.Section>
        <AppShell.Section pt="sm">
          <Text size="xs" c="dimmed" px="xs">
            {t('nav.version', { version })}
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <Stack maw={1180} mx="auto" gap={0}>
          {children}
        </Stack>
      </AppShell.Main>
    </AppShell>
  )
}

/** @param onChosen a room was chosen: out of the way with the narrow screen's drawer. */
function Navigation({ onChosen }: { onChosen: () => void }) {
  const t = useT()
  const [location] = useLocation()
  const [, params] = useRoute('/apps/:appId/:room?')
  const isOwner = useMay('owner')
  const apps = useApps()
  const appId = Number(params?.appId)
  const app = apps.data?.find(candidate => candidate.appId === appId)
  const link = (href: string, text: string, icon: IconName) => (
    <NavLink
      key={href}
      component={Link}
      href={href}
      onClick={onChosen}
      label={text}
      leftSection={<Icon name={icon} />}
      active={location === href}
      aria-current={location === href ? 'page' : undefined}
      variant="light"
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  )
  return (
    <Stack gap={2}>
      {link('/', t('nav.apps'), 'apps')}
      {isOwner && link('/operators', t('nav.operators'), 'operators')}
      {app && (
        <>
          <Text size="xs" fw={650} c="dimmed" px="xs" mt="lg" mb={4} truncate title={app.name}>
            {app.name}
          </Text>
          {ROOMS.map(room => link(`/apps/${appId}${room.path}`, t(room.text), room.icon))}
        </>
      )}
    </Stack>
  )
}
