import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import type { DraftField } from './profile-draft.ts'

/** The app's own fields of a group: pairs of key and value. */
export function CustomFields(props: {
  readonly fields: readonly DraftField[]
  readonly onChange: (fields: readonly DraftField[]) => void
  readonly disabled: boolean
}) {
  const { fields, onChange, disabled } = props
  const t = useT()
  const put = (row: number, part: Partial<DraftField>) =>
    onChange(fields.map(field => (field.row === row ? { ...field, ...part } : field)))
  return (
    <>
      {fields.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('group.custom-none')}
        </Text>
      )}
      {fields.map(({ row, key, value }) => (
        <Group key={row} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={t('group.custom-key')}
            placeholder={t('group.custom-key')}
            value={key}
            onChange={event => put(row, { key: event.currentTarget.value })}
            disabled={disabled}
            maxLength={16}
            style={{ flex: '1 1 8rem' }}
          />
          <TextInput
            aria-label={`${t('group.custom-value')}: ${key}`}
            placeholder={t('group.custom-value')}
            value={value}
            onChange={event => put(row, { value: event.currentTarget.value })}
            disabled={disabled}
            style={{ flex: '2 1 12rem' }}
          />
          {!disabled && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              onClick={() => onChange(fields.filter(field => field.row !== row))}
              aria-label={t('group.custom-remove', { key })}
            >
              <Icon name="cross" size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!disabled && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => onChange([...fields, { row: nextRow(fields), key: '', value: '' }])}
          >
            {t('group.custom-add')}
          </Button>
        </Group>
      )}
    </>
  )
}

const nextRow = (fields: readonly DraftField[]): number => Math.max(-1, ...fields.map(({ row }) => row)) + 1
