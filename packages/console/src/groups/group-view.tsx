import { Badge, Button, Group, Tabs, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { CopyIcon } from '../parts/copy-text.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { tell } from '../parts/tell.ts'
import { groupAddress } from './group-address.ts'
import type { GroupDetail } from './group-answers.ts'
import { GroupHistory } from './group-history.tsx'
import { GroupMembers } from './group-members.tsx'
import { GroupProfile } from './group-profile.tsx'

const TABS = ['profile', 'members', 'messages'] as const

/** One group: profile, members, messages. The tab stands in the address, so that the way back leads to it. */
export function GroupView({ groupId }: { readonly groupId: string }) {
  const t = useT()
  const { appId } = useApp()
  const [params, setParams] = useSearchParams()
  const tab = TABS.find(name => name === params.get('tab')) ?? 'profile'
  const group = useQuery({
    queryKey: ['app', appId, 'groups', 'one', groupId],
    queryFn: () => runCommand<GroupDetail>('group show', { appId, groupId }),
    // A dismissed one must not be shown again from memory.
    gcTime: 0,
  })
  return (
    <>
      <Group mb="xs">
        <Button
          component={Link}
          href={groupAddress(appId)}
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="back" size={14} />}
        >
          {t('groups.back')}
        </Button>
      </Group>
      <QueryView query={group}>
        {detail => (
          <>
            <Head appId={appId} group={detail} />
            <Tabs
              value={tab}
              onChange={next => next !== null && setParams({ id: groupId, tab: next })}
              keepMounted={false}
            >
              <Tabs.List mb="md" aria-label={t('group.tabs')}>
                {TABS.map(name => (
                  <Tabs.Tab key={name} value={name}>
                    {t(`group.tab-${name}`)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value="profile">
                {/* What another operator changed starts the form anew. */}
                <GroupProfile key={detail.InfoSeq} appId={appId} group={detail} />
              </Tabs.Panel>
              <Tabs.Panel value="members">
                <GroupMembers appId={appId} group={detail} />
              </Tabs.Panel>
              <Tabs.Panel value="messages">
                <GroupHistory appId={appId} group={detail} />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </QueryView>
    </>
  )
}

function Head({ appId, group }: { readonly appId: number; readonly group: GroupDetail }) {
  const t = useT()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const mayDismiss = useMay('admin', appId)
  const [isDismissing, setDismissing] = useState(false)
  const { GroupId: groupId } = group
  return (
    <>
      <PageHead
        title={group.Name}
        about={
          <Group gap="xs">
            <Badge variant="light">{t(`group-type.${group.Type}`)}</Badge>
            <span className="mono breakable">{groupId}</span>
            <CopyIcon text={groupId} name="GroupId" />
          </Group>
        }
      >
        {mayDismiss && (
          <Button variant="light" color="red" onClick={() => setDismissing(true)}>
            {t('group.dismiss')}
          </Button>
        )}
      </PageHead>
      {isDismissing && (
        <ActionDialog
          title={`${t('group.dismiss')}: ${group.Name}`}
          confirm={t('group.dismiss')}
          danger
          password
          typed={groupId}
          onClose={() => setDismissing(false)}
          run={password => runCommand('group dismiss', { appId, groupId }, password)}
          onDone={() => {
            tell(t('group.dismissed'))
            go(groupAddress(appId))
            void queries.invalidateQueries({ queryKey: ['app', appId, 'groups', 'list'] })
          }}
        >
          <Text size="sm">{t('group.dismiss-about')}</Text>
        </ActionDialog>
      )}
    </>
  )
}
