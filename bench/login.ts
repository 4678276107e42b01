import type { BenchOptions } from './options.ts'
export async function benchLogin(_options: BenchOptions): Promise<void> {}
