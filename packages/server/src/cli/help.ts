import type { OperatorCommand } from './operator-command.ts'

const OTHERS: readonly (readonly [name: string, summary: string])[] = [
  ['serve', 'Runs the server until Ctrl-C or SIGTERM.'],
  ['config', 'Shows the configuration that holds here, and where each value comes from.'],
  ['health', 'Exit code 0 when the server that is configured here is ready.'],
  ['migrate', 'Brings the tables up to date; --check tells whether they are.'],
  ['export FILE', 'Writes everything in the database to a file.'],
  ['import FILE', 'Carries such a file into an empty database, of either engine.'],
  ['usersig', 'Signs, verifies and inspects UserSigs: rookery usersig --help.'],
  ['help [COMMAND]', 'This, or how a command is used.'],
]

/** The list of commands, or of those that begin with `group`. */
export function helpText(commands: readonly OperatorCommand[], group: string): string {
  const listed = commands.filter(({ name }) => name.startsWith(`${group} `))
  const shown = listed.length > 0 ? listed : commands
  const lines = shown.map(({ name, summary }) => line(name, summary))
  if (listed.length > 0) return [`rookery ${group} …`, '', ...lines].join('\n')
  return [
    'Rookery: a self-hosted instant-messaging service.',
    '',
    ...OTHERS.map(([name, summary]) => line(name, summary)),
    '',
    ...lines,
    '',
    'The commands work in the running server of the data folder, or on the folder itself when none runs.',
    'Options of all: --config FILE, --data FOLDER, --json, --help. docs/configuration.md lists what can be configured.',
  ].join('\n')
}

function line(name: string, summary: string): string {
  return `  rookery ${name.padEnd(24)} ${summary}`
}
