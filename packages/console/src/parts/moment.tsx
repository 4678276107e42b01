import { Text, Tooltip } from '@mantine/core'
import { type Language, type Translate, useLanguage } from '../i18n/language.tsx'

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** The reader's own kind of the language, as en-GB, when the browser names one. */
function regional(language: Language): string {
  return navigator.language.slice(0, 2) === language.slice(0, 2) ? navigator.language : language
}

export function formatMoment(language: Language, seconds: number): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: 'medium', timeStyle: 'short' }).format(
    seconds * 1000,
  )
}

/** A moment in the reader's time zone; the exact one in UTC on hover. `-` for never. */
export function Moment({ seconds, relative = false }: { seconds: number | null; relative?: boolean }) {
  const { language, t } = useLanguage()
  if (!seconds)
    return (
      <Text span inherit c="dimmed">
        {t('never')}
      </Text>
    )
  const utc = new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC')
  return (
    <Tooltip label={utc} withArrow>
      <Text
        span
        inherit
        component="time"
        style={{ whiteSpace: 'nowrap' }}
        dateTime={new Date(seconds * 1000).toISOString()}
      >
        {relative ? fromNow(language, t, seconds) : formatMoment(language, seconds)}
      </Text>
    </Tooltip>
  )
}

function fromNow(language: Language, t: Translate, seconds: number): string {
  const away = seconds - Date.now() / 1000
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? []
  if (!unit || !size) return t('just-now')
  return new Intl.RelativeTimeFormat(regional(language), { numeric: 'auto' }).format(
    Math.round(away / size),
    unit,
  )
}

/** `180 d`, `12 h`, `10 min`, `45 s`: the largest unit that fits evenly. */
export function durationText(t: Translate, seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return t('days', { n: seconds / 86_400 })
  if (seconds >= 3600 && seconds % 3600 === 0) return t('hours', { n: seconds / 3600 })
  if (seconds >= 60 && seconds % 60 === 0) return t('minutes', { n: seconds / 60 })
  return t('seconds', { n: seconds })
}
