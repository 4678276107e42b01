import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useT } from '../i18n/language.tsx'

/** A password's field; the button that shows what was typed speaks the operator's language. */
export function PasswordField(props: PasswordInputProps) {
  const t = useT()
  return <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': t('password.toggle') }} />
}
