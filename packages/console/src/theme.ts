import { Badge, createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from '@mantine/core'

/** Around the blue of the icon. */
const rook: MantineColorsTuple = [
  '#eef0fd',
  '#dadef6',
  '#b3baea',
  '#8993de',
  '#6672d4',
  '#505dce',
  '#4353d6',
  '#3544b4',
  '#2d3ca2',
  '#23318f',
]

export const theme = createTheme({
  primaryColor: 'rook',
  primaryShade: { light: 6, dark: 5 },
  colors: { rook },
  defaultRadius: 'md',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  headings: { fontWeight: '650' },
  components: { Badge: Badge.extend({ defaultProps: { tt: 'none', miw: 'max-content' } }) },
  cursorType: 'pointer',
})

/** The same name as in color-scheme.js, which runs before this. */
export const schemeManager = localStorageColorSchemeManager({ key: 'rookery.scheme' })
