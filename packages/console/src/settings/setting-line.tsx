import { Alert, Badge, Button, Group, NumberInput, Paper, Select, Stack, Switch, Text } from '@mantine/core'
import { settingRow } from '@rookery/protocol/limits'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useLanguage, useT } from '../i18n/language.tsx'
import { faultText } from '../parts/fault-text.ts'
import { tell } from '../parts/tell.ts'
import { settingText } from './setting-text.ts'
import type { KnownSetting } from './settings-page.tsx'

/** One setting: what it does, what is documented, what holds, and its field. */
export function SettingLine(props: {
  readonly appId: number
  readonly setting: KnownSetting
  readonly mayChange: boolean
}) {
  const { appId, setting, mayChange } = props
  const { t, language } = useLanguage()
  const queries = useQueryClient()
  const row = settingRow(setting.key)
  const [value, setValue] = useState<string | number | boolean>(setting.value)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()

  async function send(command: string, args: object) {
    setBusy(true)
    setFault(undefined)
    try {
      await runCommand(command, { appId, key: setting.key, ...args })
      tell(t('settings.saved', { name: setting.key }))
      await queries.invalidateQueries({ queryKey: ['app', appId, 'settings'] })
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Paper withBorder p="md" data-setting={setting.key}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} style={{ flex: '1 1 20rem' }}>
          <Group gap="xs">
            <Text fw={600} className="mono breakable">
              {setting.key}
            </Text>
            {setting.own && (
              <Badge size="sm" variant="light">
                {t('settings.own')}
              </Badge>
            )}
          </Group>
          <Text size="sm">{settingText(language, setting.key)}</Text>
          <Text size="xs" c="dimmed">
            {t('settings.documented', { value: row.documented })} ·{' '}
            {t('settings.default', { value: String(row.default) })}
            {row.type === 'integer' && ` · ${t('settings.range', { min: row.min, max: row.max })}`}
            {row.code !== undefined && ` · ${t('settings.code', { code: row.code })}`}
          </Text>
        </Stack>
        <Stack gap="xs" w={{ base: '100%', sm: 240 }}>
          <Field setting={setting} value={value} onChange={setValue} disabled={!mayChange} />
          {mayChange && (
            <Group gap="xs" justify="flex-end">
              {setting.own && (
                <Button
                  size="xs"
                  variant="subtle"
                  loading={busy}
                  onClick={() => void send('app unset', {})}
                  aria-label={`${t('settings.reset')}: ${setting.key}`}
                >
                  {t('settings.reset')}
                </Button>
              )}
              <Button
                size="xs"
                loading={busy}
                disabled={value === setting.value || value === ''}
                onClick={() => void send('app set', { value: String(value) })}
                aria-label={`${t('save')}: ${setting.key}`}
              >
                {t('save')}
              </Button>
            </Group>
          )}
        </Stack>
      </Group>
      {fault !== undefined && (
        <Alert color="red" variant="light" role="alert" mt="sm">
          {faultText(t, fault)}
        </Alert>
      )}
    </Paper>
  )
}

function Field(props: {
  readonly setting: KnownSetting
  readonly value: string | number | boolean
  readonly onChange: (value: string | number | boolean) => void
  readonly disabled: boolean
}) {
  const t = useT()
  const { setting, value, onChange, disabled } = props
  const row = settingRow(setting.key)
  if (row.type === 'boolean')
    return (
      <Switch
        label={value === true ? t('on') : t('off')}
        aria-label={setting.key}
        checked={value === true}
        onChange={event => onChange(event.currentTarget.checked)}
        disabled={disabled}
      />
    )
  if (row.type === 'enum')
    return (
      <Select
        aria-label={setting.key}
        data={[...row.values]}
        value={String(value)}
        onChange={next => next !== null && onChange(next)}
        allowDeselect={false}
        disabled={disabled}
      />
    )
  return (
    <NumberInput
      aria-label={setting.key}
      value={Number(value)}
      onChange={onChange}
      allowDecimal={false}
      allowNegative={row.min < 0}
      min={row.min}
      max={row.max}
      clampBehavior="none"
      suffix={` ${row.unit}`}
      thousandSeparator=" "
      disabled={disabled}
    />
  )
}
