import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { CONFIG, type ConfigKey, MASTER_KEY_VARIABLE } from '@rookery/server/config/config-table'
import { type ConfigSources, loadConfig } from '@rookery/server/config/load-config'
import { AddressRanges } from '@rookery/server/doors/client-address'
import { startTestServer, type TestServer } from '@rookery/server/testing/test-server'
import {
  DEPLOY,
  DOCKERFILE,
  deploymentFiles,
  finalStage,
  type Yaml,
  yamlDocuments,
} from './deployment-files.ts'

const COMPOSE = join(DEPLOY, 'compose/compose.yaml')
const KUBERNETES = join(DEPLOY, 'kubernetes')
const UNIT = join(DEPLOY, 'systemd/rookery.service')
/** Set for the operator, read by the proxy and the compose file only. */
const NOT_THE_SERVERS = ['ROOKERY_DOMAIN']
const SERVER_VARIABLES = new Set([
  ...Object.values(CONFIG).map(row => row.env as string),
  MASTER_KEY_VARIABLE,
])

let server: TestServer
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-deploy-'))
  server = await startTestServer()
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const answers = async (path: string) => (await fetch(new URL(path, server.url))).status

/** Fails on a variable that is unknown, or a value that the configuration refuses. */
function acceptable(environment: Readonly<Record<string, string>>): void {
  // The secrets that the file leaves out.
  const sources: ConfigSources = {
    env: { ROOKERY_DATABASE_URL: 'postgres://db/rookery', ...environment },
    cwd: folder,
  }
  expect(loadConfig(sources).warnings).toEqual([])
  for (const [name, value] of Object.entries(environment))
    if (name === CONFIG['server.trustedProxies'].env)
      expect(() => new AddressRanges(value.split(','))).not.toThrow()
}

function textsOf(...pairs: readonly (readonly [string, Yaml])[]): Record<string, string> {
  // As Compose would put the operator's host name in.
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, value.text.replace(/\$\{[^}]*\}/, 'chat.example.org')]),
  )
}

test('every ROOKERY_ variable in these files is one that the server knows', () => {
  const named = deploymentFiles().flatMap(({ path, text }) =>
    [...text.matchAll(/\bROOKERY_[A-Z_]+/g)].map(match => [relative(DEPLOY, path), match[0]] as const),
  )
  expect(named.length).toBeGreaterThan(20)
  for (const [path, name] of named)
    if (!NOT_THE_SERVERS.includes(name) && !SERVER_VARIABLES.has(name))
      throw new Error(`${path}: ${name} is unknown.`)
})

test('no secret is written down in these files', () => {
  for (const { path, text } of deploymentFiles()) {
    expect(`${path}: ${text.match(/\b[0-9a-f]{32,}\b/i)?.[0]}`).toBe(`${path}: undefined`)
    for (const [, password] of text.matchAll(/:\/\/[^\s:@/]+:([^\s@]+)@/g))
      expect(['PASSWORD', '$password']).toContain(password ?? '')
  }
})

describe('Dockerfile', () => {
  const stage = finalStage(readFileSync(DOCKERFILE, 'utf8'))
  const rest = (word: string) => stage.filter(line => line.word === word).map(line => line.rest)

  test('the image runs as a number that is not root, and its data folder is that user’s', () => {
    const [user = ''] = rest('USER')
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(rest('COPY').find(line => line.endsWith(' /data'))).toContain(`--chown=${user} --chmod=700`)
    expect(rest('VOLUME')).toEqual(['/data'])
  })

  test('it is multi-stage and takes the binary only', () => {
    expect(readFileSync(DOCKERFILE, 'utf8').match(/^FROM /gm)).toHaveLength(2)
    for (const line of rest('COPY')) expect(line).toStartWith('--from=build ')
    expect(rest('RUN')).toEqual([])
  })

  test('its environment is accepted, its port is the exposed one, its data lie in the volume', () => {
    const environment = Object.fromEntries(
      [...(rest('ENV')[0] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    )
    acceptable(environment)
    const { values } = loadConfig({ env: environment, cwd: folder })
    expect(rest('EXPOSE')).toEqual([String(values['server.port'])])
    expect(values['data.folder']).toStartWith('/data/')
  })

  test('its health check and its command are commands of the program', async () => {
    const words = [...rest('HEALTHCHECK'), ...rest('CMD')].map(
      line => JSON.parse(line.slice(line.indexOf('['))) as string[],
    )
    expect(words.map(list => list.at(-1))).toEqual(['health', 'serve'])
    const { stdout } = spawnSync(process.execPath, [
      join(DEPLOY, '../packages/server/src/cli/rookery.ts'),
      'help',
    ])
    for (const list of words) expect(String(stdout)).toContain(`rookery ${list.at(-1)} `)
  })
})

describe('Compose', () => {
  const [compose] = yamlDocuments(COMPOSE) as [Yaml]
  const services = compose.at('services')
  const nodes = services.entries.filter(([name]) => name.startsWith('node')).map(([, service]) => service)
  const caddyfile = readFileSync(join(DEPLOY, 'compose/Caddyfile'), 'utf8')

  test('three alike nodes run read-only, without capabilities, with their secrets from a file', () => {
    expect(nodes).toHaveLength(3)
    for (const node of nodes) {
      expect(node.at('read_only').value).toBe(true)
      expect(node.at('cap_drop').value).toEqual(['ALL'])
      expect(node.at('env_file').text).toStartWith('./secrets/')
      expect(node.at('ports').value).toBeUndefined()
      acceptable(textsOf(...node.at('environment').entries))
      expect(node.at('environment', MASTER_KEY_VARIABLE).value).toBeUndefined()
    }
  })

  test('the only trusted proxy is Caddy, at its address in the network', () => {
    const address = services.at('caddy', 'networks', 'front', 'ipv4_address').text
    for (const node of nodes) expect(node.at('environment', 'ROOKERY_TRUSTED_PROXIES').text).toBe(address)
    const subnet = compose.at('networks', 'front', 'ipam', 'config', 0, 'subnet').text
    expect(new AddressRanges([subnet]).has(address)).toBe(true)
  })

  test('every network, volume, secret and dependency that a service names exists', () => {
    for (const [, service] of services.entries) {
      const networks = service.at('networks')
      for (const name of [
        ...networks.items.map(item => item.text),
        ...(networks.items.length ? [] : networks.entries.map(([key]) => key)),
      ])
        expect(compose.at('networks').entries.map(([key]) => key)).toContain(name)
      for (const secret of service.at('secrets').items)
        expect(compose.at('secrets', secret.text, 'file').text).toStartWith('./secrets/')
      for (const volume of service.at('volumes').items) {
        const [source = ''] = volume.text.split(':')
        if (source.startsWith('.')) expect(statSync(join(DEPLOY, 'compose', source)).isFile()).toBe(true)
        else expect(compose.at('volumes').entries.map(([key]) => key)).toContain(source)
      }
      const needed = service.at('depends_on')
      for (const name of needed.items.length
        ? needed.items.map(item => item.text)
        : needed.entries.map(([key]) => key))
        expect(services.entries.map(([key]) => key)).toContain(name)
    }
  })

  test('only Caddy is reached from outside; NATS and PostgreSQL only by the nodes', () => {
    for (const [name, service] of services.entries) {
      if (name !== 'caddy') expect(service.at('ports').value).toBeUndefined()
      if (['nats', 'postgres'].includes(name)) expect(service.at('networks').value).toEqual(['back'])
    }
    expect(compose.at('networks', 'back', 'internal').value).toBe(true)
  })

  test('PostgreSQL commits before it answers', () => {
    for (const setting of ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on'])
      expect(services.at('postgres', 'command').text).toContain(`-c ${setting}`)
  })

  test('PostgreSQL takes the connections of all nodes', () => {
    const most = Number(/max_connections=(\d+)/.exec(services.at('postgres', 'command').text)?.[1])
    // One node more during an update, and the commands of an operator.
    expect(most).toBeGreaterThan((nodes.length + 1) * CONFIG['database.connections'].default + 10)
  })

  test('Caddy asks each node for its readiness, under a name that it answers to', async () => {
    const port = finalStage(readFileSync(DOCKERFILE, 'utf8')).find(({ word }) => word === 'EXPOSE')?.rest
    const upstreams = /reverse_proxy (.*) \{/.exec(caddyfile)?.[1]?.split(' ')
    expect(upstreams).toEqual(['node1', 'node2', 'node3'].map(name => `${name}:${port}`))
    const path = /health_uri (\S+)/.exec(caddyfile)?.[1] ?? 'missing'
    expect(path).toBe('/readyz')
    expect(await answers(path)).toBe(200)
    expect(caddyfile).toMatch(/health_headers \{\s*Host \{\$ROOKERY_DOMAIN\}\s*\}/)
    for (const node of nodes)
      expect(node.at('environment', 'ROOKERY_PUBLIC_HOSTS').text).toStartWith('${ROOKERY_DOMAIN')
  })

  test('a node has more time to stop than it gives its clients', () => {
    for (const node of nodes)
      expect(Number.parseInt(node.at('stop_grace_period').text, 10)).toBeGreaterThan(
        node.at('environment', 'ROOKERY_DRAIN_SECONDS').number + 5,
      )
  })

  test('make-secrets.sh makes what the services read, once, for their owner alone', () => {
    const script = join(folder, 'make-secrets.sh')
    writeFileSync(script, readFileSync(join(DEPLOY, 'compose/make-secrets.sh')))
    chmodSync(script, 0o700)
    expect(spawnSync(script).status).toBe(0)
    const file = join(folder, nodes[0]?.at('env_file').text ?? '')
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(statSync(join(folder, 'secrets')).mode & 0o077).toBe(0)
    const environment = Object.fromEntries(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ) as Record<string, string>
    acceptable(environment)
    expect(environment[MASTER_KEY_VARIABLE]).toMatch(/^[0-9a-f]{64}$/)
    const password = readFileSync(
      join(folder, compose.at('secrets', 'postgres-password', 'file').text),
      'utf8',
    )
    expect(new URL(environment.ROOKERY_DATABASE_URL ?? '').password).toBe(password)
    expect(spawnSync(script).status).toBe(1)
  })
})

describe('Kubernetes', () => {
  const [kustomization] = yamlDocuments(join(KUBERNETES, 'kustomization.yaml')) as [Yaml]
  const names = kustomization.at('resources').items.map(item => item.text)
  const documents = names.flatMap(name => yamlDocuments(join(KUBERNETES, name)))
  const one = (kind: string, name: string) => {
    const found = documents.filter(
      it => it.at('kind').text === kind && it.at('metadata', 'name').text === name,
    )
    if (found.length !== 1) throw new Error(`${found.length} × ${kind} ${name}`)
    return found[0] as Yaml
  }
  const deployment = one('Deployment', 'rookery')
  const pod = deployment.at('spec', 'template', 'spec')
  const container = pod.at('containers', 0)
  const labels = deployment.at('spec', 'template', 'metadata', 'labels')
  const env = (name: string) => container.at('env').items.find(it => it.at('name').text === name)

  test('a rollout never takes a node away before the next one serves', () => {
    expect(deployment.at('spec', 'strategy', 'rollingUpdate', 'maxUnavailable').value).toBe(0)
    expect(deployment.at('spec', 'strategy', 'rollingUpdate', 'maxSurge').number).toBeGreaterThan(0)
    expect(deployment.at('spec', 'replicas').number).toBeGreaterThan(1)
  })

  test('probes ask for paths that the server has, at the port that it listens on', async () => {
    const port = container.at('ports', 0)
    expect(port.at('containerPort').text).toBe(
      finalStage(readFileSync(DOCKERFILE, 'utf8')).find(({ word }) => word === 'EXPOSE')?.rest ?? '',
    )
    for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe']) {
      expect(container.at(probe, 'httpGet', 'port').text).toBe(port.at('name').text)
      expect(await answers(container.at(probe, 'httpGet', 'path').text)).toBe(200)
    }
    expect(container.at('readinessProbe', 'httpGet', 'path').text).toBe('/readyz')
    // A node that is not ready must not be killed for it.
    expect(container.at('livenessProbe', 'httpGet', 'path').text).not.toBe('/readyz')
  })

  test('a pod has time for preStop, the drain and what is under way', () => {
    const sum =
      container.at('lifecycle', 'preStop', 'sleep', 'seconds').number +
      Number(env('ROOKERY_DRAIN_SECONDS')?.at('value').text)
    expect(pod.at('terminationGracePeriodSeconds').number).toBeGreaterThan(sum + 5)
  })

  test('the container is not root, writes nothing but its data folder, and has its secrets from the Secret', () => {
    const user = finalStage(readFileSync(DOCKERFILE, 'utf8'))
      .find(({ word }) => word === 'USER')
      ?.rest.split(':')[0]
    expect(pod.at('securityContext', 'runAsUser').text).toBe(user ?? '')
    expect(pod.at('securityContext', 'runAsNonRoot').value).toBe(true)
    expect(container.at('securityContext', 'readOnlyRootFilesystem').value).toBe(true)
    expect(container.at('volumeMounts').items.map(it => it.at('mountPath').text)).toEqual(['/data'])
    const [secret] = yamlDocuments(join(KUBERNETES, 'secret.example.yaml')) as [Yaml]
    for (const name of [MASTER_KEY_VARIABLE, 'ROOKERY_DATABASE_URL']) {
      const reference = env(name)?.at('valueFrom', 'secretKeyRef')
      expect(reference?.at('name').text).toBe(secret.at('metadata', 'name').text)
      expect(secret.at('stringData').entries.map(([key]) => key)).toContain(reference?.at('key').text ?? '')
    }
    expect(names).not.toContain('secret.example.yaml')
  })

  test('the values of its variables are accepted', () => {
    acceptable(
      textsOf(
        ...container
          .at('env')
          .items.filter(it => it.at('value').value !== undefined)
          .map(it => [it.at('name').text, it.at('value')] as const),
      ),
    )
  })

  test('selectors, services and the ingress fit together', () => {
    for (const [name, labelled] of [
      ['rookery', labels],
      ['nats', one('StatefulSet', 'nats').at('spec', 'template', 'metadata', 'labels')],
    ] as const) {
      expect(one('Service', name).at('spec', 'selector').value).toEqual(labelled.value)
      expect(one('PodDisruptionBudget', name).at('spec', 'selector', 'matchLabels').value).toEqual(
        labelled.value,
      )
      for (const port of one('Service', name).at('spec', 'ports').items) {
        const workload = name === 'rookery' ? deployment : one('StatefulSet', 'nats')
        const ports = workload.at('spec', 'template', 'spec', 'containers', 0, 'ports').items
        expect(ports.map(it => it.at('name').text)).toContain(port.at('targetPort').text)
      }
    }
    const rule = one('Ingress', 'rookery').at('spec', 'rules', 0)
    const backend = rule.at('http', 'paths', 0, 'backend', 'service')
    const service = one('Service', backend.at('name').text)
    expect(service.at('spec', 'ports').items.map(it => it.at('name').text)).toContain(
      backend.at('port', 'name').text,
    )
    expect(rule.at('host').text).toBe(env('ROOKERY_PUBLIC_HOSTS')?.at('value').text ?? '')
    const nats = new URL(env('ROOKERY_NATS_SERVERS')?.at('value').text ?? '')
    expect(
      one('Service', nats.hostname)
        .at('spec', 'ports')
        .items.map(it => it.at('port').text),
    ).toContain(nats.port)
  })

  test('nodes stand on different machines where there are several', () => {
    const term = pod.at(
      'affinity',
      'podAntiAffinity',
      'preferredDuringSchedulingIgnoredDuringExecution',
      0,
      'podAffinityTerm',
    )
    expect(term.at('labelSelector', 'matchLabels').value).toEqual(labels.value)
    expect(term.at('topologyKey').text).toBe('kubernetes.io/hostname')
  })
})

describe('systemd', () => {
  const unit = readFileSync(UNIT, 'utf8')
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

  test('the environment is accepted and its data lie in the service’s own folder', () => {
    const environment = Object.fromEntries(
      value('Environment')
        .split(' ')
        .map(pair => pair.split('=') as [string, string]),
    )
    acceptable(environment)
    const { values } = loadConfig({ env: environment, cwd: folder })
    expect(values['data.folder']).toStartWith(`/var/lib/${value('StateDirectory')}/`)
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(
      values['server.drainSeconds' satisfies ConfigKey] + 5,
    )
  })

  test('the service is confined', () => {
    for (const line of [
      'DynamicUser=yes',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
      'UMask=0077',
    ])
      expect(unit.split('\n')).toContain(line)
    // The runtime compiles JavaScript: this would end it at its start.
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m)
  })

  const analyze = Bun.which('systemd-analyze')
  test.if(analyze !== null)('systemd finds nothing wrong with it, and little exposed', () => {
    // The program need not be installed here.
    const copy = join(folder, 'rookery.service')
    writeFileSync(copy, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
    const verified = spawnSync(analyze ?? '', ['verify', copy], { encoding: 'utf8' })
    expect(`${verified.status} ${verified.stderr}`).toBe('0 ')
    const security = spawnSync(analyze ?? '', ['security', '--offline=yes', '--threshold=20', copy], {
      encoding: 'utf8',
    })
    expect(security.status).toBe(0)
  })
})
