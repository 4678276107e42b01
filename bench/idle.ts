import type { BenchOptions } from './options.ts'
export async function benchIdle(_options: BenchOptions): Promise<void> {}
