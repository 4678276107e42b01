import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Role } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { ROLES, roleText } from './role-text.ts'

/** Makes a one-time link: for a new operator, or for a known one who needs a new password. */
export function InviteOperator({ known, onClose }: { known?: string; onClose: () => void }) {
  const t = useT()
  const [name, setName] = useState(known ?? '')
  const [role, setRole] = useState<Role>('operator')
  const [path, setPath] = useState<string>()
  const title = known ? `${t('operators.reset')}: ${known}` : t('operators.invite')
  if (path !== undefined)
    return (
      <Modal
        opened
        onClose={onClose}
        title={
          <Text fw={650} component="span">
            {title}
          </Text>
        }
        size="lg"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Alert color="yellow" variant="light">
            {t('operators.link-about')}
          </Alert>
          <CopyText text={`${location.origin}${path}`} label={t('operators.link')} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('done')}</Button>
          </Group>
        </Stack>
      </Modal>
    )
  return (
    <ActionDialog
      title={title}
      confirm={t('operators.make-link')}
      password
      stays
      onClose={onClose}
      run={async password => {
        const made = await runCommand<{ readonly path: string }>(
          'operator create-link',
          { role, ...(name.trim() && { name: name.trim() }) },
          password,
        )
        setPath(made.path)
      }}
    >
      <Text size="sm">{known ? t('operators.reset-about') : t('operators.invite-about')}</Text>
      {!known && (
        <>
          <TextInput
            label={t('sign-in.name')}
            description={t('operators.name-about')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <Select
            label={t('operators.role')}
            value={role}
            onChange={value => setRole((value ?? 'operator') as Role)}
            allowDeselect={false}
            data={ROLES.map(value => ({ value, label: `${roleText(t, value)}: ${t(`role.${value}-may`)}` }))}
          />
        </>
      )}
    </ActionDialog>
  )
}
