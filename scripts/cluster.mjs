// @ts-check
// Run by Bun: three nodes, PostgreSQL and NATS on this machine, behind a round-robin proxy, with the example in front of it.
import { parseArgs } from 'node:util'
import { Cluster } from '../tests/deploy/cluster.ts'

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '3' },
    port: { type: 'string', default: '8080' },
    'example-port': { type: 'string', default: '8090' },
    quiet: { type: 'boolean', default: false },
  },
})

console.log('Starting PostgreSQL, NATS and the nodes …')
const cluster = await Cluster.start({
  nodes: Number(values.nodes),
  port: Number(values.port),
  examplePort: Number(values['example-port']),
  show: (name, text) => {
    if (!values.quiet)
      for (const line of text.split('\n')) if (line.trim() !== '') console.log(`${name.padEnd(8)}${line}`)
  },
})
console.log(`
Rookery, ${cluster.nodes} nodes    ${cluster.url}
Example chat         ${cluster.exampleUrl}/example/
Users                lin ${cluster.passwordOf('lin')}, mira ${cluster.passwordOf('mira')}

Everything is temporary. Ctrl-C ends it and deletes its data.`)
await new Promise(resolve => {
  process.once('SIGINT', resolve)
  process.once('SIGTERM', resolve)
})
console.log('Stopping …')
await cluster.stop()
