import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import type { ConfigValues } from '../config/config-table.ts'
import { loadConfig } from '../config/load-config.ts'
import { UsageError } from './read-arguments.ts'

const USAGE = `rookery health [--config FILE] [--data FOLDER] [--port N]

Asks the server that is configured here whether it is ready (/readyz). The exit code is 0 when it is, else 1: for containers
and scripts.
`
/** A probe that takes longer is a failed one; Docker and Kubernetes ask again. */
const PATIENCE_MS = 3000

/** `rookery health`. Answers the exit code. */
export async function runHealth(args: readonly string[]): Promise<number> {
  const values = options(args)
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const config = loadConfig({
    ...(values.config !== undefined && { configFile: values.config }),
    env: process.env,
    cwd: process.cwd(),
    flags: {
      ...(values.data !== undefined && { 'data.folder': values.data }),
      ...(values.port !== undefined && { 'server.port': values.port }),
    },
  })
  if (config.values['server.port'] === 0)
    throw new UsageError('server.port is 0, a free port that only the server knows; give it with --port N.')
  const answer = await ask(readinessUrl(config.values))
  ;(answer.ready ? process.stdout : process.stderr).write(`${answer.text}\n`)
  return answer.ready ? 0 : 1
}

/** Where this machine reaches its own server: a bind to every address is reached over loopback. */
export function readinessUrl(values: Pick<ConfigValues, 'server.host' | 'server.port' | 'tls.cert'>): string {
  const host = values['server.host'].replace(/^\[(.*)\]$/, '$1')
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const scheme = values['tls.cert'] === '' ? 'http' : 'https'
  return `${scheme}://${isIP(reached) === 6 ? `[${reached}]` : reached}:${values['server.port']}/readyz`
}

async function ask(url: string): Promise<{ readonly ready: boolean; readonly text: string }> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      // The certificate names the public host, and nothing secret is asked.
      tls: { rejectUnauthorized: false },
    })
    return { ready: response.status === 200, text: `${url}: ${await response.text()}` }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ready: false, text: `${url} does not answer: ${reason}` }
  }
}

function options(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
