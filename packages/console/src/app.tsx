import { Button, Center, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Link, Route, Switch } from 'wouter'
import { AccountsPage } from './accounts/accounts-page.tsx'
import { AdminsPage } from './admins/admins-page.tsx'
import { OperatorProvider, useSession } from './api/session.tsx'
import { AppFrame } from './apps/app-frame.tsx'
import { AppsPage } from './apps/apps-page.tsx'
import { OverviewPage } from './apps/overview-page.tsx'
import { AuditPage } from './audit/audit-page.tsx'
import { GroupsPage } from './groups/groups-page.tsx'
import { useT } from './i18n/language.tsx'
import { KeysPage } from './keys/keys-page.tsx'
import { OperatorsPage } from './operators/operators-page.tsx'
import { QueryView } from './parts/query-view.tsx'
import { SettingsPage } from './settings/settings-page.tsx'
import { Shell } from './shell/shell.tsx'
import { LinkPage } from './sign-in/link-page.tsx'
import { NoOperatorPage, SignInPage } from './sign-in/sign-in-page.tsx'
import { UserSigPage } from './usersig/usersig-page.tsx'

const LINK = /^#setup=([\w-]+)$/

/** Taken from the address at once, so that neither the history nor a copied address carries it. */
function takeLink(): string | undefined {
  const token = LINK.exec(location.hash)?.[1]
  if (token) history.replaceState(null, '', location.pathname)
  return token
}

const linkAtStart = takeLink()

export function App() {
  const [link, setLink] = useState(linkAtStart)
  const session = useSession()
  if (link) return <LinkPage token={link} onDone={() => setLink(undefined)} />
  if (session.data === undefined)
    return (
      <Center mih="60vh" p="md">
        <Stack w="100%" maw={420}>
          <QueryView query={session}>{() => null}</QueryView>
        </Stack>
      </Center>
    )
  const { operator, needsSetup, version } = session.data
  if (!operator) return needsSetup ? <NoOperatorPage /> : <SignInPage />
  return (
    <OperatorProvider operator={operator}>
      <Shell version={version ?? ''}>
        <Switch>
          <Route path="/" component={AppsPage} />
          <Route path="/operators" component={OperatorsPage} />
          <Route path="/apps/:appId/:room?">
            {({ appId, room }) => (
              <AppFrame key={appId} appId={Number(appId)}>
                <Room name={room ?? ''} />
              </AppFrame>
            )}
          </Route>
          <Route component={Nowhere} />
        </Switch>
      </Shell>
    </OperatorProvider>
  )
}

const ROOMS = {
  '': OverviewPage,
  keys: KeysPage,
  admins: AdminsPage,
  accounts: AccountsPage,
  groups: GroupsPage,
  usersig: UserSigPage,
  settings: SettingsPage,
  audit: AuditPage,
} as const

function Room({ name }: { name: string }) {
  const Page = Object.hasOwn(ROOMS, name) ? ROOMS[name as keyof typeof ROOMS] : Nowhere
  return <Page />
}

function Nowhere() {
  const t = useT()
  return (
    <Center mih="40vh">
      <Stack align="center">
        <Text c="dimmed">{t('nowhere')}</Text>
        <Button component={Link} href="/" variant="default">
          {t('nav.apps')}
        </Button>
      </Stack>
    </Center>
  )
}
