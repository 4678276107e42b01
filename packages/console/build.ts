import { buildConsole } from './bin/ensure-built.ts'

await buildConsole()
