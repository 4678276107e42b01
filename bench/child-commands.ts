/** What a measured process does besides its work: answers `collect` until its input closes. */
export async function answerCommands(): Promise<void> {
  for await (const line of linesOf(Bun.stdin.stream()))
    if (line === 'collect') {
      Bun.gc(true)
      await Bun.sleep(200)
      Bun.gc(true)
      console.log(process.memoryUsage().heapUsed)
    }
}

export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  return undefined
}
