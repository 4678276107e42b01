import { Alert, Checkbox, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import type { TextKey } from '../i18n/en.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { durationText } from '../parts/moment.tsx'
import { tell } from '../parts/tell.ts'
import { FOREVER, type GroupDetail, type Member } from './group-answers.ts'
import { namesIn } from './names-in.ts'

export type MemberAction =
  | { readonly kind: 'add' }
  /** Without a member: the accounts are named in the dialog. */
  | { readonly kind: 'mute'; readonly member?: Member }
  | { readonly kind: 'change' | 'unmute' | 'transfer' | 'remove'; readonly member: Member }

interface DialogProps {
  readonly appId: number
  readonly group: GroupDetail
  readonly onClose: () => void
  readonly onDone: () => void
}

export function MemberDialog({ action, ...props }: DialogProps & { readonly action: MemberAction }) {
  switch (action.kind) {
    case 'add':
      return <AddMembers {...props} />
    case 'mute':
      return <MuteMembers {...props} {...(action.member && { member: action.member })} />
    case 'change':
      return <ChangeMember {...props} member={action.member} />
    case 'unmute':
      return <Unmute {...props} member={action.member} />
    case 'transfer':
      return <Transfer {...props} member={action.member} />
    case 'remove':
      return <Remove {...props} member={action.member} />
  }
}

const ADDED = 1

interface AddResult {
  readonly userId: string
  readonly result: 0 | 1 | 2 | 3 | 4
}

function AddMembers({ appId, group, onClose, onDone }: DialogProps) {
  const t = useT()
  const [text, setText] = useState('')
  const users = namesIn(text)
  const [silent, setSilent] = useState(false)
  const [results, setResults] = useState<readonly AddResult[]>([])
  const left = results.filter(({ result }) => result !== ADDED)
  return (
    <ActionDialog
      title={t('members.add')}
      confirm={t('members.add')}
      onClose={onClose}
      disabled={users.length === 0}
      stays
      run={() =>
        runCommand<readonly AddResult[]>('group add', { appId, groupId: group.GroupId, users, silent })
      }
      onDone={given => {
        const added = given.filter(({ result }) => result === ADDED).length
        if (added > 0) tell(t('members.added', { n: added }))
        onDone()
        if (added === given.length) onClose()
        setResults(given)
      }}
    >
      <Text size="sm">{t('members.add-about')}</Text>
      <UserIds text={text} onChange={setText} />
      <Checkbox
        label={t('members.silent')}
        checked={silent}
        onChange={event => setSilent(event.currentTarget.checked)}
      />
      {left.length > 0 && (
        <Alert color="orange" variant="light" role="alert">
          {t('members.not-added', {
            users: left.map(it => `${it.userId} (${t(`members.result-${it.result}` as TextKey)})`).join(', '),
          })}
        </Alert>
      )}
    </ActionDialog>
  )
}

function UserIds(props: { readonly text: string; readonly onChange: (text: string) => void }) {
  const t = useT()
  return (
    <Textarea
      label={t('members.users')}
      description={t('members.users-about')}
      value={props.text}
      onChange={event => props.onChange(event.currentTarget.value)}
      autosize
      minRows={2}
      maxRows={10}
      autoComplete="off"
      data-autofocus
    />
  )
}

const LIFT = '0'
const MUTES = ['600', '3600', '86400', '604800', '2592000', String(FOREVER)]

function MuteMembers({ appId, group, member, onClose, onDone }: DialogProps & { readonly member?: Member }) {
  const t = useT()
  const [text, setText] = useState('')
  const users = member ? [member.Member_Account] : namesIn(text)
  const [time, setTime] = useState('3600')
  const named = { appId, groupId: group.GroupId, users }
  return (
    <ActionDialog
      title={member ? `${t('members.mute')}: ${member.Member_Account}` : t('members.mute-accounts')}
      confirm={time === LIFT ? t('members.unmute') : t('members.mute')}
      onClose={onClose}
      disabled={users.length === 0}
      run={() =>
        time === LIFT
          ? runCommand<{ accounts: readonly string[] }>('group unmute', named)
          : runCommand<{ accounts: readonly string[] }>('group mute', { ...named, for: time })
      }
      onDone={({ accounts }) => {
        tell(t(time === LIFT ? 'members.unmuted' : 'members.muted', { users: accounts.join(', ') || '–' }))
        onDone()
      }}
    >
      <Text size="sm">{t('members.mute-about')}</Text>
      {!member && <UserIds text={text} onChange={setText} />}
      <Select
        label={t('members.mute-for')}
        value={time}
        onChange={next => next !== null && setTime(next)}
        allowDeselect={false}
        data={[...MUTES, ...(member ? [] : [LIFT])].map(value => ({
          value,
          label:
            value === LIFT
              ? t('members.mute-lift')
              : value === String(FOREVER)
                ? t('members.forever')
                : durationText(t, Number(value)),
        }))}
      />
    </ActionDialog>
  )
}

function Unmute({ appId, group, member, onClose, onDone }: DialogProps & { readonly member: Member }) {
  const t = useT()
  const users = [member.Member_Account]
  return (
    <ActionDialog
      title={`${t('members.unmute')}: ${member.Member_Account}`}
      confirm={t('members.unmute')}
      onClose={onClose}
      run={() => runCommand('group unmute', { appId, groupId: group.GroupId, users })}
      onDone={() => {
        tell(t('members.unmuted', { users: member.Member_Account }))
        onDone()
      }}
    >
      <Text size="sm">{t('members.unmute-about')}</Text>
    </ActionDialog>
  )
}

function ChangeMember({ appId, group, member, onClose, onDone }: DialogProps & { readonly member: Member }) {
  const t = useT()
  const mayAppoint = group.Allowed.includes('setRole') && group.Rules.hasAdmins && member.Role !== 'Owner'
  const before = member.Role === 'Admin' ? 'admin' : 'member'
  const [role, setRole] = useState<string>(before)
  const [nameCard, setNameCard] = useState(member.NameCard)
  const changes = {
    ...(mayAppoint && role !== before && { role }),
    ...(nameCard !== member.NameCard && { nameCard }),
  }
  return (
    <ActionDialog
      title={`${t('members.change')}: ${member.Member_Account}`}
      confirm={t('save')}
      onClose={onClose}
      disabled={Object.keys(changes).length === 0}
      run={() =>
        runCommand('group set-member', {
          appId,
          groupId: group.GroupId,
          userId: member.Member_Account,
          ...changes,
        })
      }
      onDone={() => {
        tell(t('members.changed'))
        onDone()
      }}
    >
      {mayAppoint && (
        <Select
          label={t('members.role')}
          value={role}
          onChange={next => next !== null && setRole(next)}
          allowDeselect={false}
          data={[
            { value: 'admin', label: t('group-role.Admin') },
            { value: 'member', label: t('group-role.Member') },
          ]}
        />
      )}
      <TextInput
        label={t('members.name-card')}
        value={nameCard}
        onChange={event => setNameCard(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
    </ActionDialog>
  )
}

function Transfer({ appId, group, member, onClose, onDone }: DialogProps & { readonly member: Member }) {
  const t = useT()
  const userId = member.Member_Account
  return (
    <ActionDialog
      title={`${t('members.transfer')}: ${userId}`}
      confirm={t('members.transfer')}
      onClose={onClose}
      run={() => runCommand('group transfer', { appId, groupId: group.GroupId, userId })}
      onDone={() => {
        tell(t('members.transferred'))
        onDone()
      }}
    >
      <Text size="sm">{t('members.transfer-about', { user: userId })}</Text>
    </ActionDialog>
  )
}

function Remove({ appId, group, member, onClose, onDone }: DialogProps & { readonly member: Member }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const users = [member.Member_Account]
  return (
    <ActionDialog
      title={`${t('members.remove')}: ${member.Member_Account}`}
      confirm={t('members.remove')}
      danger
      onClose={onClose}
      run={() =>
        runCommand('group remove', { appId, groupId: group.GroupId, users, ...(reason && { reason }) })
      }
      onDone={() => {
        tell(t('members.removed'))
        onDone()
      }}
    >
      <Text size="sm">{t('members.remove-about')}</Text>
      <TextInput
        label={t('members.reason')}
        description={t('members.reason-about')}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
    </ActionDialog>
  )
}
