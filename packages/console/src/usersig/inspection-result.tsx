import { Alert, Code, Group, List, Stack, Text, ThemeIcon } from '@mantine/core'
import type { Inspection, TicketCheck } from '../api/answers.ts'
import { en, type TextKey } from '../i18n/en.ts'
import { type Translate, useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { durationText, Moment } from '../parts/moment.tsx'

const LOOKS = {
  passed: { color: 'teal', icon: 'check' },
  failed: { color: 'red', icon: 'cross' },
  skipped: { color: 'gray', icon: 'minus' },
} as const

export function InspectionResult({ inspection }: { inspection: Inspection }) {
  const t = useT()
  const { fields } = inspection
  return (
    <Stack aria-live="polite">
      <Alert color={inspection.ok ? 'teal' : 'red'} variant="light">
        {inspection.ok ? t('usersig.would-pass') : t('usersig.would-fail', { code: inspection.code ?? 0 })}
      </Alert>
      {fields && (
        <Text size="sm" component="div" className="breakable">
          <Code>{fields.version}</Code> {t('usersig.says', { user: fields.userId, app: fields.sdkAppId })}{' '}
          {t('usersig.issued')} <Moment seconds={fields.time} />, {durationText(t, fields.expire)},{' '}
          {t('usersig.expires')} <Moment seconds={fields.expiresAt} />.
        </Text>
      )}
      <List listStyleType="none" spacing="xs" center={false} aria-label={t('usersig.checks')}>
        {inspection.checks.map(check => (
          <List.Item key={check.check} data-check={check.check} data-outcome={check.outcome}>
            <CheckLine check={check} />
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}

function CheckLine({ check }: { check: TicketCheck }) {
  const t = useT()
  const { color, icon } = LOOKS[check.outcome]
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon
        size={22}
        radius="xl"
        color={color}
        variant="light"
        aria-label={t(`outcome.${check.outcome}`)}
      >
        <Icon name={icon} size={13} />
      </ThemeIcon>
      <div>
        <Text size="sm" fw={600}>
          {checkName(t, check.check)}
          {check.code !== undefined && (
            <Text span c="red" size="sm">
              {' '}
              {check.code}
            </Text>
          )}
        </Text>
        <Text size="xs" c="dimmed" className="breakable">
          {check.detail}
        </Text>
      </div>
    </Group>
  )
}

function checkName(t: Translate, check: string): string {
  const key = `check.${check}`
  return Object.hasOwn(en, key) ? t(key as TextKey) : check
}
