export const NOT_INSTALLED = 'not installed here: run `npm run bench -- peers --install`'

/** The version of one of Debian's packages; undefined when it is not installed, or this is no Debian. */
export function debianVersion(name: string): string | undefined {
  if (Bun.which('dpkg-query') === null) return undefined
  const format = ['db:Status-Status', 'Version'].map(field => `\${${field}}`).join(' ')
  const { exitCode, stdout } = Bun.spawnSync(['dpkg-query', '--show', `--showformat=${format}`, name])
  const [status, version] = stdout.toString().split(' ')
  return exitCode === 0 && status === 'installed' ? version : undefined
}
