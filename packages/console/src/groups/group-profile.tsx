import {
  Alert,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import type { ApplyJoinOption, InviteJoinOption } from '@rookery/protocol/wire-group'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useT } from '../i18n/language.tsx'
import { faultText } from '../parts/fault-text.ts'
import { Moment } from '../parts/moment.tsx'
import { tell } from '../parts/tell.ts'
import { CustomFields } from './custom-fields.tsx'
import type { GroupDetail } from './group-answers.ts'
import { draftOf, type ProfileDraft, profileChanges } from './profile-draft.ts'

const APPLY: readonly ApplyJoinOption[] = ['FreeAccess', 'NeedPermission', 'DisableApply']
const INVITE: readonly InviteJoinOption[] = ['FreeAccess', 'NeedPermission', 'DisableInvite']

/** What a group is, and a form for what may be changed of it. */
export function GroupProfile({ appId, group }: { readonly appId: number; readonly group: GroupDetail }) {
  return (
    <Stack>
      <Facts group={group} />
      <ProfileForm appId={appId} group={group} />
    </Stack>
  )
}

function Facts({ group }: { readonly group: GroupDetail }) {
  const t = useT()
  const isLive = group.Type === 'AVChatRoom'
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }}>
        <Fact name={t('groups.owner')}>{group.Owner_Account || t('groups.nobody')}</Fact>
        <Fact name={t('groups.members')}>
          {isLive ? '–' : t('groups.members-of', { count: group.MemberNum, max: group.MaxMemberNum })}
        </Fact>
        <Fact name={t('app.created')}>
          <Moment seconds={group.CreateTime} />
        </Fact>
        <Fact name={t('groups.last-message')}>
          <Moment seconds={group.LastMsgTime} />
        </Fact>
        <Fact name={t('group.numbers')}>{isLive ? '–' : group.NextMsgSeq - 1}</Fact>
      </SimpleGrid>
    </Paper>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" className="breakable">
        {children}
      </Text>
    </div>
  )
}

function ProfileForm({ appId, group }: { readonly appId: number; readonly group: GroupDetail }) {
  const t = useT()
  const queries = useQueryClient()
  const isReader = !useMay('operator', appId)
  const [draft, setDraft] = useState<ProfileDraft>(() => draftOf(group))
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const changes = profileChanges(group, draft)
  const isChanged = Object.keys(changes).length > 0
  const put = (part: Partial<ProfileDraft>) => setDraft(before => ({ ...before, ...part }))
  const { optionsFixed, historyPerGroup } = group.Rules
  const mayMuteAll = group.Allowed.includes('muteAll')

  async function save() {
    setBusy(true)
    setFault(undefined)
    try {
      await runCommand('group set', { appId, groupId: group.GroupId, ...changes })
      tell(t('group.saved'))
      await queries.invalidateQueries({ queryKey: ['app', appId, 'groups'] })
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (isChanged && !busy) void save()
      }}
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Part title={t('group.texts')}>
            <TextInput
              label={t('groups.name')}
              value={draft.name}
              onChange={event => put({ name: event.currentTarget.value })}
              disabled={isReader}
              autoComplete="off"
            />
            <Textarea
              label={t('groups.introduction')}
              value={draft.introduction}
              onChange={event => put({ introduction: event.currentTarget.value })}
              disabled={isReader}
              autosize
              minRows={2}
              maxRows={8}
            />
            <Textarea
              label={t('groups.notification')}
              value={draft.notification}
              onChange={event => put({ notification: event.currentTarget.value })}
              disabled={isReader}
              autosize
              minRows={2}
              maxRows={8}
            />
            <TextInput
              label={t('groups.face')}
              value={draft.faceUrl}
              onChange={event => put({ faceUrl: event.currentTarget.value })}
              disabled={isReader}
              autoComplete="off"
              inputMode="url"
            />
          </Part>
          <Part title={t('group.options')}>
            <Select
              label={t('group.apply')}
              description={optionsFixed ? t('group.fixed') : undefined}
              value={draft.applyOption}
              onChange={next => next !== null && put({ applyOption: next })}
              data={APPLY.map(value => ({ value, label: t(`group.apply.${value}`) }))}
              allowDeselect={false}
              disabled={isReader || optionsFixed}
            />
            <Select
              label={t('group.invite')}
              description={optionsFixed ? t('group.fixed') : undefined}
              value={draft.inviteOption}
              onChange={next => next !== null && put({ inviteOption: next })}
              data={INVITE.map(value => ({ value, label: t(`group.invite.${value}`) }))}
              allowDeselect={false}
              disabled={isReader || optionsFixed}
            />
            {group.Type !== 'AVChatRoom' && (
              <NumberInput
                label={t('group.max-members')}
                value={draft.maxMembers}
                onChange={next => put({ maxMembers: next })}
                min={1}
                allowDecimal={false}
                allowNegative={false}
                clampBehavior="none"
                thousandSeparator=" "
                disabled={isReader}
              />
            )}
            <Switch
              label={t('group.mute-all')}
              description={mayMuteAll ? t('group.mute-all-about') : t('group.fixed')}
              checked={draft.muteAll}
              onChange={event => put({ muteAll: event.currentTarget.checked })}
              disabled={isReader || !mayMuteAll}
            />
            <Switch
              label={t('group.history')}
              description={historyPerGroup ? t('group.history-about') : t('group.fixed')}
              checked={draft.history}
              onChange={event => put({ history: event.currentTarget.checked })}
              disabled={isReader || !historyPerGroup}
            />
          </Part>
        </SimpleGrid>
        <Part title={t('group.custom')}>
          <CustomFields fields={draft.fields} onChange={fields => put({ fields })} disabled={isReader} />
        </Part>
        {fault !== undefined && (
          <Alert color="red" variant="light" role="alert">
            {faultText(t, fault)}
          </Alert>
        )}
        {!isReader && (
          <Group justify="flex-end" gap="sm">
            <Button variant="default" disabled={!isChanged || busy} onClick={() => setDraft(draftOf(group))}>
              {t('group.undo')}
            </Button>
            <Button type="submit" loading={busy} disabled={!isChanged}>
              {t('save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="h5" mb="sm">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </Paper>
  )
}
