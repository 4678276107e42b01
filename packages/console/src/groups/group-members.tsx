import { ActionIcon, Badge, Button, Group, Menu, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { FOREVER, type GroupDetail, type Member, type MemberPage } from './group-answers.ts'
import { type MemberAction, MemberDialog } from './member-dialogs.tsx'
import { namesIn } from './names-in.ts'

const TYPING_MS = 250
const PAGE = 50
const ROLES = ['owner', 'admin', 'member'] as const
const ROLE_TEXT = {
  owner: 'group-role.Owner',
  admin: 'group-role.Admin',
  member: 'group-role.Member',
} as const

export function GroupMembers({ appId, group }: { readonly appId: number; readonly group: GroupDetail }) {
  const t = useT()
  const queries = useQueryClient()
  const mayChange = useMay('operator', appId)
  const [action, setAction] = useState<MemberAction>()
  const dialog = action && (
    <MemberDialog
      appId={appId}
      group={group}
      action={action}
      onClose={() => setAction(undefined)}
      onDone={() => void queries.invalidateQueries({ queryKey: ['app', appId, 'groups'] })}
    />
  )
  if (!group.Allowed.includes('listMembers'))
    return (
      <>
        <Paper withBorder p="xl" ta="center">
          <Stack align="center">
            <Text c="dimmed">{t('members.live')}</Text>
            {mayChange && (
              <Button variant="default" onClick={() => setAction({ kind: 'mute' })}>
                {t('members.mute-accounts')}
              </Button>
            )}
          </Stack>
        </Paper>
        {dialog}
      </>
    )
  return (
    <>
      <MemberList
        appId={appId}
        group={group}
        {...(mayChange && { onAction: (next: MemberAction) => setAction(next) })}
      />
      {dialog}
    </>
  )
}

function MemberList(props: {
  readonly appId: number
  readonly group: GroupDetail
  /** Absent: the operator may only look. */
  readonly onAction?: (action: MemberAction) => void
}) {
  const { appId, group, onAction } = props
  const t = useT()
  const [text, setText] = useState('')
  const [role, setRole] = useState<string | null>(null)
  const [search] = useDebouncedValue(text.trim(), TYPING_MS)
  const users = namesIn(search)
  const pages = useInfiniteQuery({
    queryKey: ['app', appId, 'groups', 'one', group.GroupId, 'members', users, role],
    queryFn: ({ pageParam }) =>
      runCommand<MemberPage>('group members', {
        appId,
        groupId: group.GroupId,
        limit: PAGE,
        ...(users.length > 0 && { users }),
        ...(role !== null && { role }),
        ...(pageParam !== '' && { after: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
  return (
    <Stack>
      <Group gap="sm">
        <TextInput
          aria-label={t('members.find')}
          placeholder={t('members.find')}
          leftSection={<Icon name="search" size={16} />}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          style={{ flex: '1 1 14rem' }}
        />
        <Select
          aria-label={t('members.role')}
          placeholder={t('members.role-all')}
          value={role}
          onChange={setRole}
          data={ROLES.map(value => ({ value, label: t(ROLE_TEXT[value]) }))}
          clearable
        />
        {onAction && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => onAction({ kind: 'add' })}>
            {t('members.add')}
          </Button>
        )}
      </Group>
      <QueryView query={pages}>
        {data => (
          <RecordList
            label={t('groups.members')}
            rows={data.pages.flatMap(page => page.members)}
            rowKey={member => member.Member_Account}
            empty={users.length > 0 || role !== null ? t('members.no-match') : t('members.none')}
            columns={[
              { name: 'UserID', cell: member => <MemberName member={member} /> },
              {
                name: t('members.name-card'),
                cell: member => (
                  <span className="breakable">{member.NameCard || member.NickName || '–'}</span>
                ),
              },
              { name: t('members.joined'), cell: member => <Moment seconds={member.JoinTime} /> },
              {
                name: t('members.last-message'),
                cell: member => <Moment seconds={member.LastSendMsgTime} relative />,
              },
              { name: t('members.muted-until'), cell: member => <MutedUntil until={member.MuteUntil} /> },
            ]}
            actionsName={t('actions')}
            {...(onAction && {
              actions: (member: Member) => <MemberMenu group={group} member={member} onAction={onAction} />,
            })}
          />
        )}
      </QueryView>
      {pages.hasNextPage && (
        <Button
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}

function MemberName({ member }: { readonly member: Member }) {
  const t = useT()
  return (
    <Group gap={6}>
      <Text span size="sm" fw={600} className="breakable">
        {member.Member_Account}
      </Text>
      {member.Role !== 'Member' && (
        <Badge size="sm" variant="light" color={member.Role === 'Owner' ? 'grape' : 'blue'}>
          {t(`group-role.${member.Role}`)}
        </Badge>
      )}
    </Group>
  )
}

function MutedUntil({ until }: { readonly until: number }) {
  const t = useT()
  if (until === 0)
    return (
      <Text span inherit c="dimmed">
        {t('members.not-muted')}
      </Text>
    )
  return (
    <Badge color="orange" variant="light">
      {until === FOREVER ? t('members.forever') : <Moment seconds={until} />}
    </Badge>
  )
}

function MemberMenu(props: {
  readonly group: GroupDetail
  readonly member: Member
  readonly onAction: (action: MemberAction) => void
}) {
  const { group, member, onAction } = props
  const t = useT()
  const may = (operation: string) => group.Allowed.includes(operation)
  const isOwner = member.Role === 'Owner'
  const mayMute = may('muteMember') && !isOwner
  // Only of a work group may the owner itself be removed.
  const mayRemove = may('remove') && (!isOwner || group.Type === 'Private')
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('members.actions', { user: member.Member_Account })}
        >
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAction({ kind: 'change', member })}>{t('members.change')}</Menu.Item>
        {mayMute &&
          (member.MuteUntil === 0 ? (
            <Menu.Item onClick={() => onAction({ kind: 'mute', member })}>{t('members.mute')}</Menu.Item>
          ) : (
            <Menu.Item onClick={() => onAction({ kind: 'unmute', member })}>{t('members.unmute')}</Menu.Item>
          ))}
        {may('transfer') && !isOwner && (
          <Menu.Item onClick={() => onAction({ kind: 'transfer', member })}>
            {t('members.transfer')}
          </Menu.Item>
        )}
        {mayRemove && (
          <Menu.Item color="red" onClick={() => onAction({ kind: 'remove', member })}>
            {t('members.remove')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
