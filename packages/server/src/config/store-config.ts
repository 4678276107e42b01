import type { NatsServers } from '../bus/nats-servers.ts'
import type { StoreSource } from '../store/store-source.ts'
import type { ConfigValues } from './config-table.ts'

/** Where the configuration says that the data is. */
export function storeSource(values: ConfigValues): StoreSource {
  const url = values['database.url']
  return url === ''
    ? { kind: 'embedded', folder: values['data.folder'] }
    : { kind: 'postgres', url, connections: values['database.connections'] }
}

/** The NATS of the nodes, when there is one. */
export function natsServers(values: ConfigValues): NatsServers | undefined {
  const urls = values['bus.servers']
  if (urls.length === 0) return undefined
  return { urls, tls: { ca: values['bus.ca'], cert: values['bus.cert'], key: values['bus.key'] } }
}
