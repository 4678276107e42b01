import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core'
import { useT } from '../i18n/language.tsx'
import { Icon } from './icons.tsx'

/** A text to take along: shown whole, with a button that copies it. */
export function CopyText({ text, label }: { text: string; label?: string }) {
  const t = useT()
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code
        block
        className="breakable"
        flex={1}
        fz="sm"
        style={{ whiteSpace: 'pre-wrap' }}
        aria-label={label}
      >
        {text}
      </Code>
      <CopyIcon text={text} name={label ?? t('copy')} />
    </Group>
  )
}

export function CopyIcon({ text, name }: { text: string; name: string }) {
  const t = useT()
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : t('copy')} withArrow>
          <ActionIcon
            variant="subtle"
            color={copied ? 'teal' : 'gray'}
            onClick={copy}
            aria-label={`${t('copy')}: ${name}`}
          >
            <Icon name={copied ? 'check' : 'copy'} size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
