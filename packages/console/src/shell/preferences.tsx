import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import type { TextKey } from '../i18n/en.ts'
import { LANGUAGES, type Language, useLanguage } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'

const SCHEMES: readonly { readonly scheme: MantineColorScheme; readonly text: TextKey }[] = [
  { scheme: 'auto', text: 'scheme.auto' },
  { scheme: 'light', text: 'scheme.light' },
  { scheme: 'dark', text: 'scheme.dark' },
]

/** Language and colours: of this browser, not of the operator. */
export function Preferences() {
  const { t, language, speak } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const mark = (chosen: boolean) => (chosen ? <Icon name="check" size={14} /> : undefined)
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('language')}>
            <Icon name="globe" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(LANGUAGES) as Language[]).map(code => (
            <Menu.Item
              key={code}
              lang={code}
              onClick={() => speak(code)}
              rightSection={mark(code === language)}
            >
              {LANGUAGES[code]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('scheme')}>
            <Icon name="sun" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {SCHEMES.map(({ scheme, text }) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              rightSection={mark(scheme === colorScheme)}
            >
              {t(text)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
