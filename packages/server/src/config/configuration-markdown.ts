import { SETTING_KEYS, type SettingRow, settingRow } from '@rookery/protocol/limits'
import { type ConfigRow, takes } from './config-row.ts'
import {
  CONFIG,
  CONFIG_FILE_VARIABLE,
  CONFIG_KEYS,
  DEFAULT_CONFIG_FILE,
  MASTER_KEY_VARIABLE,
  settingVariable,
} from './config-table.ts'

/** `docs/configuration.md`, made from the tables: `rookery config --markdown > docs/configuration.md`. */
export function configurationMarkdown(): string {
  return `# Configuration

<!-- Made by \`rookery config --markdown\` from the tables in packages/server/src/config and packages/protocol/src/settings. -->

A server runs without any configuration. What is set comes from these places, each over the one before it:

1. the defaults below;
2. a TOML file: the one named by \`--config\`, else by the variable \`${CONFIG_FILE_VARIABLE}\`, else \`${DEFAULT_CONFIG_FILE}\` in the
   working folder when it exists;
3. environment variables (an empty one counts as not set);
4. options of the command line (\`--data\`, \`--host\`, \`--port\`, \`--example\`).

A key that is not known, or a value that does not fit, stops the start with a message that names the key, the place and
what is expected. \`rookery config\` shows the values that hold and where they come from.

\`\`\`toml
[data]
folder = "/var/lib/rookery/data"

[server]
host = "0.0.0.0"
port = 443
publicHosts = ["chat.example.org"]

[tls]
cert = "/etc/rookery/cert.pem"
key = "/etc/rookery/key.pem"

[settings]
login.policy = "multi"
history.days = 0
\`\`\`

Relative paths in the file start at the file's folder, elsewhere at the working folder. Lists are written with commas in
variables.

## Server

${markdownTable(
  ['key', 'variable', 'takes', 'default', 'what it does'],
  CONFIG_KEYS.map(key => {
    const row: ConfigRow = CONFIG[key]
    return [code(key), code(row.env), takes(row), shownDefault(row), row.doc]
  }),
)}

## Master key

Secrets in the database, such as the apps' keys, are sealed with a master key of 32 bytes. It is read from the variable
\`${MASTER_KEY_VARIABLE}\` (64 hexadecimal digits, or base64), else from the file \`data.masterKeyFile\`, which must be outside the
data folder and readable by its owner only. When neither exists and there is no database yet, the file is made. Keep a
copy apart from the backups of the data: without it the keys can't be read, and with both anybody can. Servers on one PostgreSQL
(\`database.url\`) need the same key, so none is made there: \`openssl rand -hex 32\` makes one.

Values that may hold a password (${CONFIG_KEYS.filter(key => (CONFIG[key] as ConfigRow).secret)
    .map(code)
    .join(', ')}) are never shown or logged. Rather set them by their variables.

## Settings

Values in \`[settings]\` hold for every app that has no value of its own; \`rookery app set SDKAPPID SETTING VALUE\` gives it one,
which holds at once. Settings of the scope *server* can be set here only. "Documented" is what the public
documentation of the compatible service says.

${markdownTable(
  ['key', 'variable', 'takes', 'default', 'documented', 'scope', 'what it does'],
  SETTING_KEYS.map(settingRow).map(row => [
    code(row.key),
    code(settingVariable(row.key)),
    settingTakes(row),
    code(String(row.default)),
    row.documented,
    row.scope,
    row.doc,
  ]),
)}
`
}

function settingTakes(row: SettingRow): string {
  if (row.type === 'integer') return `${row.min} to ${row.max} (${row.unit})`
  return row.type === 'boolean' ? 'true or false' : row.values.join(', ')
}

function shownDefault(row: ConfigRow): string {
  if (row.type === 'list') return 'none'
  return row.default === '' ? 'none' : code(String(row.default))
}

function code(text: string): string {
  return `\`${text}\``
}

function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), `|${'---|'.repeat(heading.length)}`, ...rows.map(line)].join('\n')
}
