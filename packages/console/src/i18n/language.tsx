import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { en, type TextKey } from './en.ts'
import { zhCn } from './zh-cn.ts'

export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof LANGUAGES

const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en, 'zh-CN': zhCn }
const STORED = 'rookery.language'

/** The text of a key, with `{name}` places filled. */
export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

interface Spoken {
  readonly language: Language
  readonly t: Translate
  readonly speak: (language: Language) => void
}

const LanguageContext = createContext<Spoken>({ language: 'en', t: key => key, speak: () => {} })

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
    document.title = TEXTS[language]['app.title']
  }, [language])
  const spoken = useMemo<Spoken>(
    () => ({
      language,
      t: (key, values = {}) =>
        TEXTS[language][key].replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place)),
      speak(next) {
        setLanguage(next)
        try {
          localStorage.setItem(STORED, next)
        } catch {
          // Storage may be off; the choice then lasts as long as the page.
        }
      },
    }),
    [language],
  )
  return <LanguageContext value={spoken}>{children}</LanguageContext>
}

export const useLanguage = () => useContext(LanguageContext)
export const useT = (): Translate => useContext(LanguageContext).t

function firstLanguage(): Language {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(STORED)
  } catch {
    // As above.
  }
  if (stored === 'en' || stored === 'zh-CN') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
