import { Button, Group, Stack, TextInput, Title } from '@mantine/core'
import { isSettingKey, type SettingKey, settingRow } from '@rookery/protocol/limits'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AppSetting, ServerInfo } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { en, type TextKey } from '../i18n/en.ts'
import { useLanguage, useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { GROUP_SECTIONS, groupSection } from './group-sections.ts'
import { SettingLine } from './setting-line.tsx'
import { settingText } from './setting-text.ts'

export type KnownSetting = AppSetting & { readonly key: SettingKey }

export function SettingsPage() {
  const t = useT()
  const { language } = useLanguage()
  const { appId } = useApp()
  const mayChange = useMay('admin', appId)
  const [search, setSearch] = useState('')
  const server = useQuery({ queryKey: ['server'], queryFn: () => runCommand<ServerInfo>('server info', {}) })
  const settings = useQuery({
    queryKey: ['app', appId, 'settings'],
    queryFn: () => runCommand<readonly AppSetting[]>('app settings', { appId }),
  })
  const wanted = search.trim().toLowerCase()
  const isWanted = (setting: KnownSetting) =>
    setting.key.toLowerCase().includes(wanted) ||
    settingText(language, setting.key).toLowerCase().includes(wanted)
  return (
    <>
      <PageHead title={t('nav.settings')} about={t('settings.about')} />
      <Stack>
        <TextInput
          aria-label={t('settings.search')}
          placeholder={t('settings.search')}
          leftSection={<Icon name="search" size={16} />}
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
          maw={420}
        />
        <QueryView query={server}>
          {info => (
            <QueryView query={settings}>
              {list => (
                <Groups groups={grouped(inForce(info, list).filter(isWanted))} mayChange={mayChange} />
              )}
            </QueryView>
          )}
        </QueryView>
      </Stack>
    </>
  )
}

function Groups(props: {
  readonly groups: ReadonlyMap<string, readonly KnownSetting[]>
  readonly mayChange: boolean
}) {
  const t = useT()
  const { appId } = useApp()
  if (props.groups.size === 0) return t('settings.no-match')
  const title = (group: string) => {
    const key = `settings.group.${group}`
    return Object.hasOwn(en, key) ? t(key as TextKey) : group
  }
  const contents = (
    <Group key="contents" component="nav" aria-label={t('settings.sections')} gap="xs">
      {[...props.groups.keys()].map(group => (
        <Button key={group} component="a" href={`#${group}`} size="compact-sm" variant="default">
          {title(group)}
        </Button>
      ))}
    </Group>
  )
  const sections = [...props.groups].map(([group, settings]) => {
    return (
      <section key={group}>
        <Title order={2} fz="h4" mb="sm" mt="md" id={group} className="anchor">
          {title(group)}
        </Title>
        <Stack gap="sm">
          {settings.map(setting => (
            <SettingLine
              // Another value from the server starts the line anew.
              key={`${setting.key} ${String(setting.value)} ${setting.own}`}
              appId={appId}
              setting={setting}
              mayChange={props.mayChange}
            />
          ))}
        </Stack>
      </section>
    )
  })
  return [contents, ...sections]
}

/** A server of another version may know settings that this page does not. */
function isKnown(setting: AppSetting): setting is KnownSetting {
  return isSettingKey(setting.key) && settingRow(setting.key).scope === 'app'
}

/** Those that the server acts on, in its order. */
function inForce({ settings: order }: ServerInfo, settings: readonly AppSetting[]): KnownSetting[] {
  return settings
    .filter(isKnown)
    .filter(({ key }) => order.includes(key))
    .sort((one, other) => order.indexOf(one.key) - order.indexOf(other.key))
}

const SAME_GROUP: Readonly<Record<string, string>> = {
  admin: 'account',
  profile: 'account',
  receipt: 'message',
  history: 'message',
  conv: 'conversation',
  status: 'session',
}

function grouped(settings: readonly KnownSetting[]): Map<string, KnownSetting[]> {
  const sections = Map.groupBy(settings, ({ key }) => {
    const prefix = key.split('.')[0] ?? ''
    return groupSection(key) ?? SAME_GROUP[prefix] ?? prefix
  })
  const place = (section: string) => GROUP_SECTIONS.indexOf(section)
  return new Map([...sections].sort(([one], [other]) => place(one) - place(other)))
}
