import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/language.tsx'
import { CopyText } from './copy-text.tsx'

export interface Revealed {
  readonly title: string
  readonly secret: string
  readonly keyId: string
  readonly more?: ReactNode
}

/** A new secret key, shown once: the server tells it to nobody again. */
export function SecretReveal({ revealed, onClose }: { revealed: Revealed; onClose: () => void }) {
  const t = useT()
  const [stored, setStored] = useState(false)
  return (
    <Modal
      opened
      onClose={() => stored && onClose()}
      withCloseButton={false}
      closeOnClickOutside={false}
      size="lg"
      title={
        <Text fw={650} component="span">
          {revealed.title}
        </Text>
      }
    >
      <Stack>
        <Alert color="yellow" variant="light">
          {t('secret.once')}
        </Alert>
        <div>
          <Text size="sm" c="dimmed" mb={4}>
            {t('secret.key', { id: revealed.keyId })}
          </Text>
          <CopyText text={revealed.secret} label={t('secret.label')} />
        </div>
        {revealed.more}
        <Checkbox
          label={t('secret.stored')}
          checked={stored}
          onChange={event => setStored(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button disabled={!stored} onClick={onClose}>
            {t('done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
